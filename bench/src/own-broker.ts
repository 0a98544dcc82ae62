import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { freePort, root } from '@muster/e2e';
import { ensureNatsServer } from '@muster/embedded';
import { connect } from '@nats-io/transport-node';

/** A broker without accounts, for what the parts do by themselves. */
export interface OwnBroker {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one, with JetStream. */
export async function ownBroker(): Promise<OwnBroker> {
  const port = await freePort();
  const { path: program } = await ensureNatsServer({
    cacheDir: path.join(root, '.cache', 'nats-server'),
    log: () => undefined,
    env: process.env,
  });
  const store = mkdtempSync(path.join(tmpdir(), 'muster-bench-nats-'));
  const broker = spawn(program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => broker.once('exit', () => resolve()));
  const nats = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 50 });
  await nats.close();
  return {
    port,
    stop: async () => {
      broker.kill();
      await gone;
      rmSync(store, { recursive: true });
    },
  };
}
