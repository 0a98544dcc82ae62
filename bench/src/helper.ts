import { fork } from 'node:child_process';
import path from 'node:path';

/** A process that a measurement compares with. */
export interface Helper {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a program of `limits/` with its settings; it says on which port it listens. */
export function startHelper(name: string, settings: object): Promise<Helper> {
  const child = fork(path.join(import.meta.dirname, 'limits', `${name}.js`), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('message', ({ port }: { port: number }) =>
      resolve({
        port,
        stop: async () => {
          child.kill();
          await gone;
        },
      }),
    );
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    // By message: settings hold secrets, and arguments are seen by all.
    child.send(settings);
  });
}
