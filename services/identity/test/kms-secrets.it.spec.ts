import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Identity } from '@muster/contracts';
import { serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { failsWith, soon } from './first-account.js';
import { IdentityProcess } from './identity-process.js';
import { aKeyOwner } from './kms-calls.js';

/** Where spans are sent: keeps them all. */
class Collector {
  readonly received: Buffer[] = [];
  private readonly server: Server = createServer((request, response) => {
    void (async () => {
      for await (const chunk of request) this.received.push(chunk as Buffer);
      response.end();
    })();
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('what is secret', () => {
  const service = serviceUnderTest(IdentityModule);
  const collector = new Collector();
  let identity: IdentityProcess | undefined;
  afterAll(async () => {
    await identity?.end('SIGKILL');
    collector.close();
  });

  it('stands in no log, no trace, no error and no event, whatever is done with it', async () => {
    const mine = await aKeyOwner(service);
    const person = await mine.person();
    await service.running().close();
    identity = new IdentityProcess({
      ...service.deployment.env,
      MUSTER_LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
    });
    await identity.said('"ready"');

    const secrets: Buffer[] = [];
    const secret = (bytes = randomBytes(24)) => {
      secrets.push(bytes);
      return bytes.toString('base64');
    };
    const errors: string[] = [];
    const refused = async (operation: string, input: object, how?: object) => {
      const error: unknown = await mine.kms(operation, input, how).then(
        () => undefined,
        (each: unknown) => each,
      );
      expect(error).toBeInstanceOf(Error);
      errors.push(JSON.stringify(error), (error as Error).message);
    };

    const { KeyId } = await soon(() => mine.key());
    const Plaintext = secret();
    const EncryptionContext = { a: 'b' };
    const { CiphertextBlob } = await mine.kms('Encrypt', { KeyId, Plaintext, EncryptionContext });
    expect(await mine.kms('Decrypt', { CiphertextBlob, EncryptionContext })).toMatchObject({ Plaintext });
    const made = await mine.kms<{ Plaintext: string }>('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    secret(Buffer.from(made.Plaintext, 'base64'));
    const random = await mine.kms<{ Plaintext: string }>('GenerateRandom', { NumberOfBytes: 32 });
    secret(Buffer.from(random.Plaintext, 'base64'));
    await mine.kms('RotateKeyOnDemand', { KeyId });
    await refused('Decrypt', { CiphertextBlob });
    await refused('Encrypt', { KeyId, Plaintext: secret(randomBytes(5_000)) });
    await refused('Encrypt', { KeyId: 'alias/none', Plaintext: secret() });
    await refused('Encrypt', { KeyId, Plaintext: secret(), EncryptionAlgorithm: 'none' });
    await refused('Encrypt', { KeyId, Plaintext: secret(), EncryptionContext: 7 });
    await refused('Encrypt', { KeyId, Plaintext: secret() }, { caller: person });
    const asked = { ...mine, key: KeyId };
    for (const version of [1, 2]) {
      const { key } = await service.rpc(Identity.method.encryptionKey, {
        ...{ account: asked.account, region: asked.region, key: KeyId, version },
      });
      secret(Buffer.from(key!.material));
    }
    await mine.kms('DisableKey', { KeyId });
    await refused('Encrypt', { KeyId, Plaintext: secret() });
    await expect(mine.kms('DescribeKey', { KeyId: randomUUID() })).rejects.toEqual(failsWith('NotFoundException'));
    await mine.events.next('identity.key-changed', { data: { operation: 'DisableKey' } });
    const events = JSON.stringify(mine.events.pending());
    await identity.end('SIGTERM');

    const spans = Buffer.concat(collector.received);
    // They were collected, and are those of these calls.
    expect(spans.includes('kms.GenerateDataKey')).toBe(true);
    expect(identity.log).toContain('"level":"info"');
    expect(secrets).toHaveLength(11);
    for (const bytes of secrets) {
      for (const form of ['base64', 'base64url', 'hex', 'latin1'] as const) {
        const text = bytes.subarray(0, 24).toString(form).replace(/=+$/, '');
        for (const place of [identity.log, events, errors.join(), spans.toString('latin1')]) {
          expect(place.includes(text)).toBe(false);
        }
      }
    }
  });
});
