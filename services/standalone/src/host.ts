// One process of services: node host.js --home <folder> <service>… It loads their code at once, starts them when it is told to
// (bus and database are there then), says when they answer, and lets them finish what they began when it is asked to end.
import { environment } from '@muster/config';
import { type RunningService, startService } from '@muster/bus';
import { log } from '@muster/telemetry';

import type { FromHost, ToHost } from './host-messages.js';
import { type ServiceModule, serviceModule } from './service-modules.js';

const names = process.argv.slice(4);
const stop = new AbortController();
const starting: Promise<unknown>[] = [];
const running: RunningService[] = [];

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
    void end(0);
  });
}
process.once('disconnect', () => {
  // A supervisor that was killed before it wrote us down: nobody would find us. Later its guard ends us.
  if (starting.length === 0) process.exit(1);
});

const modules = await Promise.all(names.map(serviceModule));

process.on('message', ({ go }: ToHost) => {
  if (!go || starting.length > 0) return;
  starting.push(...modules.map(start));
  Promise.all(starting).then(
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

async function start(module: ServiceModule): Promise<void> {
  running.push(await startService(module, { env: environment(), signal: stop.signal }));
}

/** Those that are still being started have begun nothing: they are not waited for. */
async function end(code: number): Promise<void> {
  await Promise.allSettled(running.map((service) => service.close()));
  process.exit(code);
}
