import { environment } from '@muster/config';
import { log } from '@muster/telemetry';
import type { Type } from '@nestjs/common';

import { startService } from './start-service.js';

/** The whole of a `main.ts`: runs a service until the process is told to end, then lets it finish what it began. */
export async function runService(module: Type): Promise<void> {
  const stop = new AbortController();
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        stop.abort();
        resolve();
      });
    }
  });
  try {
    const service = await startService(module, { env: environment(), signal: stop.signal });
    await told;
    await service.close();
  } catch (err) {
    if (!stop.signal.aborted) {
      log('bus').fatal({ err }, `${module.name} could not start`);
      process.exitCode = 1;
    }
  }
  // What a library left open must not keep a finished service alive.
  setImmediate(() => process.exit());
}
