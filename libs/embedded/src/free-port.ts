import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { ServerFailed } from './start-server.js';

/** A port of 127.0.0.1 that nobody used a moment ago. Somebody else may be faster: be ready to try another one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen({ host: '127.0.0.1', port: 0, exclusive: true });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whoever was faster on a port that was free a moment ago is evaded, unless the port was asked for. */
export async function onSomePort<S>(wanted: number | undefined, start: (port: number) => Promise<S>): Promise<S> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(wanted ?? (await freePort()));
    } catch (error) {
      const taken = error instanceof ServerFailed && error.log.includes('ddress already in use');
      if (!taken || wanted !== undefined || tries === 5) throw error;
    }
  }
}
