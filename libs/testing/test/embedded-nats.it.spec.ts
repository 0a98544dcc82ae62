import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';

import { createDeployment, ensureServerCertificate, planNats, startNats } from '@muster/embedded';
import { credsAuthenticator } from '@muster/keys';
import { connect } from '@nats-io/transport-node';

import { natsServerForTests, runFolder } from '../src/test-servers.js';

async function aBroker() {
  // A blank and a quote: the paths stand quoted in its configuration.
  const home = join(mkdtempSync(join(runFolder(), 'broker-')), `a "home"`);
  const deployment = createDeployment(home, { accountId: '123456789012' });
  const { operatorJwt, accounts } = deployment;
  const server = await natsServerForTests();
  const how = { server, folder: join(home, 'nats'), operatorJwt, accounts, durable: false };
  const authenticator = credsAuthenticator(readFileSync(deployment.credsFiles['gateway']!, 'utf8'));
  return { home, how, authenticator };
}

describe('the embedded broker', () => {
  it('speaks TLS with the certificate of the own authority, and off loopback nothing else', async () => {
    const { home, how, authenticator } = await aBroker();
    const tls = await ensureServerCertificate(home, ['localhost', '127.0.0.1']);
    expect(() => planNats({ ...how, port: 4222, host: '0.0.0.0' })).toThrow('only with TLS');

    const nats = await startNats({ ...how, host: '0.0.0.0', tls });
    try {
      const trusting = await connect({ servers: nats.url, authenticator, tls: { caFile: tls.caFile } });
      await trusting.flush();
      await trusting.close();
      await expect(connect({ servers: nats.url, authenticator, reconnect: false })).rejects.toThrow(/certificate/i);
    } finally {
      await nats.stop();
    }
  });

  it('that is older than the one before does not touch its data', async () => {
    const { how } = await aBroker();
    const nats = await startNats(how);
    await nats.stop();

    expect(() => planNats({ ...how, port: 4222, server: { ...how.server, version: '2.9.10' } })).toThrow(
      /was last used by nats-server .* Next step: put nats-server/,
    );
    writeFileSync(join(how.folder, 'version'), '2.9.10\n');
    expect(() => planNats({ ...how, port: 4222 })).not.toThrow();
  });

  it('on a port that somebody else has does not start, and its log says why', async () => {
    const { how } = await aBroker();
    const squatter = createServer((socket) => socket.end('INFO {"server_name":"somebody else"}\r\n'));
    squatter.listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    try {
      await expect(startNats({ ...how, port })).rejects.toThrow(/ended before it served[^]*address already in use/);
    } finally {
      squatter.close();
    }
  });
});
