// One process of services: node host.js --home <folder> <service>… It loads their code at once, starts them when it is told to
// (bus and database are there then), says when they answer, and lets them finish what they began when it is asked to end.
import { environment } from '@muster/config';
import { type RunningService, startService } from '@muster/bus';
import { log } from '@muster/telemetry';

import type { FromHost, ToHost } from './host-messages.js';
import { serviceModule } from './service-modules.js';

const names = process.argv.slice(4);
const stop = new AbortController();
const running: Promise<RunningService>[] = [];

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
    void end(0);
  });
}
process.once('disconnect', () => {
  // A supervisor that was killed before it wrote us down: nobody would find us. Later its guard ends us.
  if (running.length === 0) process.exit(1);
});

const modules = await Promise.all(names.map(serviceModule));

process.on('message', ({ go }: ToHost) => {
  if (!go || running.length > 0) return;
  running.push(...modules.map((module) => startService(module, { env: environment(), signal: stop.signal })));
  Promise.all(running).then(
    () => tell({ ready: true }),
    (err: unknown) => {
      if (stop.signal.aborted) return;
      log('standalone').fatal({ err, services: names }, 'the services could not start');
      void end(1);
    },
  );
});

function tell(message: FromHost): void {
  // The channel breaks when the supervisor is killed; the guard is at work then.
  process.send?.(message, () => undefined);
}

async function end(code: number): Promise<void> {
  const started = await Promise.allSettled(running);
  await Promise.allSettled(started.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
  process.exit(code);
}
