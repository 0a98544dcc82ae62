import { connect } from '@nats-io/transport-node';

import { percentile } from './figures.js';
import type { Loaded } from './load.js';

/** Request/reply of plain NATS with so many askers at once. */
export async function askNats(port: number, askers: number, seconds: number): Promise<Loaded> {
  const nats = await connect({ servers: `127.0.0.1:${port}`, noAsyncTraces: true });
  const body = Buffer.from('{"Name":"/bench/value"}');
  try {
    return await askedAgainAndAgain(askers, seconds, () => nats.request('bench', body, { timeout: 5_000 }));
  } finally {
    await nats.close();
  }
}

/** So many askers, each asking anew when it is answered. */
export async function askedAgainAndAgain(
  askers: number,
  seconds: number,
  ask: (asker: number) => Promise<unknown>,
): Promise<Loaded> {
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const one = async (asker: number): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      const asked = now;
      await ask(asker);
      now = performance.now();
      latencies.push(now - asked);
    }
  };
  await Promise.all(Array.from({ length: askers }, (_, asker) => one(asker)));
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
