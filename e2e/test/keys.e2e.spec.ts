import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { postgresFolder } from '@muster/embedded';

import { clientFor } from '../src/client.js';
import { Stack } from '../src/stack.js';

/** What is secret: 24 random bytes as text, which nothing contains by chance. */
const newSecret = (): string => randomBytes(24).toString('hex');

/** Files under a folder that hold one of these texts, in any form that we might write it in. */
function filesWith(folder: string, secrets: readonly (string | Uint8Array)[]): string[] {
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret as Uint8Array);
    // Without the end, which depends on what follows.
    return [bytes, Buffer.from(bytes.toString('base64').slice(0, -4)), Buffer.from(bytes.toString('hex'))];
  });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.join(each.parentPath, each.name))
    .filter((file) => {
      const content = readFileSync(file);
      return forms.some((form) => content.includes(form));
    });
}

describe('keys', () => {
  let stack: Stack;
  let ssm: SSMClient;
  let kms: KMSClient;

  beforeAll(async () => {
    stack = await Stack.start({ args: ['--no-agent'], env: { MUSTER_LOG_LEVEL: 'trace' } });
    ssm = clientFor(stack, SSMClient);
    kms = clientFor(stack, KMSClient);
  }, 300_000);

  afterAll(async () => {
    ssm?.destroy();
    kms?.destroy();
    await stack?.remove();
  }, 60_000);

  const put = (Name: string, Value: string, more: object = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', ...more }));
  const read = async (Name: string) =>
    (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter!.Value;
  const aKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!;

  it('go on opening what they sealed when they are rotated', async () => {
    const { KeyId, Arn } = await aKey();
    await put('/rotated', 'before', { KeyId });
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    await put('/rotated', 'after', { KeyId, Overwrite: true });
    const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/rotated', WithDecryption: true }));
    expect(history.Parameters!.map((each) => each.Value)).toEqual(['before', 'after']);
    expect(Arn).toContain(KeyId);
  });

  it('open nothing from the moment that they are disabled', async () => {
    const { KeyId, Arn } = await aKey();
    await put('/disabled', 'a value', { KeyId });
    expect(await read('/disabled')).toBe('a value');
    await kms.send(new DisableKeyCommand({ KeyId }));
    const disabledAt = performance.now();
    // Known everywhere within a second, and refused from then on.
    for (;;) {
      const answer = await read('/disabled').then(
        () => 'read',
        (error: Error) => `${error.name}: ${error.message}`,
      );
      if (answer === `InvalidKeyId: ${Arn} is disabled.`) break;
      expect(answer).toBe('read');
      expect(performance.now() - disabledAt).toBeLessThan(1_000);
    }
    await expect(read('/disabled')).rejects.toMatchObject({ name: 'InvalidKeyId' });
    await kms.send(new EnableKeyCommand({ KeyId }));
    await expect(put('/disabled/other', 'x', { KeyId: 'alias/none' })).rejects.toMatchObject({ name: 'InvalidKeyId' });
  });

  it('keep what is secret off the disk: tables, logs, the bus, and what Postgres writes on its way', async () => {
    const plain = newSecret();
    const secrets = Array.from({ length: 4 }, newSecret) as [string, string, string, string];
    const { KeyId } = await aKey();
    await put('/plain', plain, { Type: 'String' });
    await put('/secret/standard', secrets[0]);
    await put('/secret/advanced', secrets[1] + 'x'.repeat(5_000), { Tier: 'Advanced', KeyId });
    await put('/secret/standard', secrets[2], { Overwrite: true });
    expect(await read('/secret/standard')).toBe(secrets[2]);
    expect(await read('/secret/standard:1')).toBe(secrets[0]);
    const all = new GetParametersByPathCommand({ Path: '/secret', WithDecryption: true });
    expect((await ssm.send(all)).Parameters).toHaveLength(2);
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(secrets[3]) }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext!).toString()).toBe(secrets[3]);
    const { Plaintext } = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    // Refused, and no more to be seen for that.
    await expect(put('/secret/standard', secrets[2], { AllowedPattern: '^a$' })).rejects.toThrow();
    await expect(put('/secret/large', secrets[1].repeat(200))).rejects.toThrow();

    await stack.down();
    const folders = [stack.home, postgresFolder(stack.home)].filter((each) => each !== undefined);
    const found = (secret: readonly (string | Uint8Array)[]) => folders.flatMap((folder) => filesWith(folder, secret));
    // It is looked where it would be.
    expect(found([plain])).not.toEqual([]);
    expect(found([...secrets, Plaintext!])).toEqual([]);
  });
});
