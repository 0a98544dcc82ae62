import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';

import { createAuthority, issueServerCertificate, pinOf } from './certificates.js';

describe('the own authority', () => {
  it('certifies a server that a client with its certificate trusts, and no other client', async () => {
    const authority = await createAuthority('Muster CA');
    const server = await issueServerCertificate(authority, ['localhost', '127.0.0.1', '::1']);
    const listener = createServer({ cert: server.certificate, key: server.key }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    try {
      const trusting = connect({ port, host: '127.0.0.1', ca: authority.certificate });
      await once(trusting, 'secureConnect');
      expect(trusting.authorized).toBe(true);
      trusting.destroy();

      const stranger = connect({ port, host: '127.0.0.1' });
      await expect(once(stranger, 'secureConnect')).rejects.toThrow(/verify|self.signed/i);
    } finally {
      listener.close();
    }
  });

  it('has a pin that is its fingerprint', async () => {
    const { certificate } = await createAuthority('Muster CA');

    expect(pinOf(certificate)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pinOf(new X509Certificate(certificate).raw)).toBe(pinOf(certificate));
    expect(new X509Certificate(certificate).ca).toBe(true);
  });
});
