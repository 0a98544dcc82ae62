import { randomUUID } from 'node:crypto';

import { Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { aKeyOwner, base64, text } from './kms-calls.js';

const failsWith = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) }) as Error;

describe('kms', () => {
  const service = serviceUnderTest(IdentityModule);
  const owner = () => aKeyOwner(service);

  it('encrypts so that the ciphertext alone tells its key', async () => {
    const { kms, key } = await owner();
    const { KeyId, Arn, CurrentKeyMaterialId } = await key();
    const encrypted = await kms('Encrypt', { KeyId, Plaintext: base64('a secret') });
    expect(encrypted).toEqual({
      CiphertextBlob: expect.any(String) as string,
      KeyId: Arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
    const CiphertextBlob: string = encrypted['CiphertextBlob']!;
    expect(await kms('Decrypt', { CiphertextBlob })).toEqual({
      KeyId: Arn,
      Plaintext: base64('a secret'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: CurrentKeyMaterialId,
    });
    expect(text((await kms('Decrypt', { CiphertextBlob, KeyId: Arn }))['Plaintext']!)).toBe('a secret');
  });

  it('binds a ciphertext to its context', async () => {
    const { kms, key } = await owner();
    const { KeyId } = await key();
    const EncryptionContext = { purpose: 'test', stage: 'one' };
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: base64('a secret'), EncryptionContext });
    const reversed = { stage: 'one', purpose: 'test' };
    expect(text((await kms('Decrypt', { CiphertextBlob, EncryptionContext: reversed }))['Plaintext']!)).toBe(
      'a secret',
    );
    for (const other of [undefined, {}, { purpose: 'test' }, { ...EncryptionContext, stage: 'two' }]) {
      await expect(kms('Decrypt', { CiphertextBlob, EncryptionContext: other })).rejects.toEqual(
        failsWith('InvalidCiphertextException', ''),
      );
    }
  });

  it('refuses ciphertexts that are altered, of another key, of no key, or none at all', async () => {
    const { kms, key } = await owner();
    const [one, two] = [await key(), await key()];
    const { CiphertextBlob } = await kms<{ CiphertextBlob: string }>('Encrypt', {
      KeyId: one.KeyId,
      Plaintext: base64('a secret'),
    });
    const bytes = Buffer.from(CiphertextBlob, 'base64');
    const altered = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1;
      return copy.toString('base64');
    };
    const refusal = failsWith('InvalidCiphertextException', '');
    await expect(kms('Decrypt', { CiphertextBlob: altered(bytes.length - 1) })).rejects.toEqual(refusal);
    // The salt, and the version of the material.
    await expect(kms('Decrypt', { CiphertextBlob: altered(30) })).rejects.toEqual(refusal);
    await expect(kms('Decrypt', { CiphertextBlob: altered(20) })).rejects.toEqual(refusal);
    await expect(kms('Decrypt', { CiphertextBlob: base64('nothing') })).rejects.toEqual(refusal);
    await expect(kms('Decrypt', { CiphertextBlob: altered(3) })).rejects.toEqual(
      failsWith(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      ),
    );
    await expect(kms('Decrypt', { CiphertextBlob, KeyId: two.KeyId })).rejects.toEqual(
      failsWith(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ),
    );
    await expect(kms('Decrypt', {})).rejects.toEqual(failsWith('ValidationException'));
    await expect(kms('Decrypt', { CiphertextBlob }, { region: 'eu-central-1' })).rejects.toThrow();
  });

  it('gives data keys, whole and without their plaintext', async () => {
    const { kms, key } = await owner();
    const { KeyId, Arn } = await key();
    const EncryptionContext = { a: 'b' };
    const made = await kms<Record<string, string>>('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext });
    expect(Buffer.from(made['Plaintext']!, 'base64')).toHaveLength(32);
    expect(made['KeyId']).toBe(Arn);
    const { CiphertextBlob } = made;
    expect(await kms('Decrypt', { CiphertextBlob, EncryptionContext })).toMatchObject({ Plaintext: made['Plaintext'] });
    const other = await kms<Record<string, string>>('GenerateDataKeyWithoutPlaintext', { KeyId, NumberOfBytes: 17 });
    expect(Object.keys(other).sort()).toEqual(['CiphertextBlob', 'KeyId', 'KeyMaterialId']);
    const { Plaintext } = await kms<{ Plaintext: string }>('Decrypt', { CiphertextBlob: other['CiphertextBlob'] });
    expect(Buffer.from(Plaintext, 'base64')).toHaveLength(17);
    for (const both of [{}, { KeySpec: 'AES_128', NumberOfBytes: 16 }]) {
      await expect(kms('GenerateDataKey', { KeyId, ...both })).rejects.toEqual(
        failsWith('ValidationException', 'Please specify either number of bytes or key spec.'),
      );
    }
  });

  it('re-encrypts under another key and context without showing what it is', async () => {
    const { kms, key } = await owner();
    const [from, to] = [await key(), await key()];
    const SourceEncryptionContext = { a: '1' };
    const { CiphertextBlob } = await kms('Encrypt', {
      KeyId: from.KeyId,
      Plaintext: base64('a secret'),
      EncryptionContext: SourceEncryptionContext,
    });
    const DestinationEncryptionContext = { b: '2' };
    const again = await kms<Record<string, string>>('ReEncrypt', {
      ...{ CiphertextBlob, SourceEncryptionContext, DestinationKeyId: to.Arn, DestinationEncryptionContext },
    });
    expect(again).toMatchObject({ SourceKeyId: from.Arn, KeyId: to.Arn });
    expect(Object.keys(again)).not.toContain('Plaintext');
    const opened = await kms<Record<string, string>>('Decrypt', {
      CiphertextBlob: again['CiphertextBlob'],
      EncryptionContext: DestinationEncryptionContext,
    });
    expect(opened).toMatchObject({ KeyId: to.Arn, Plaintext: base64('a secret') });
    await expect(kms('ReEncrypt', { CiphertextBlob, DestinationKeyId: to.KeyId })).rejects.toEqual(
      failsWith('InvalidCiphertextException'),
    );
  });

  it('gives random bytes', async () => {
    const { kms } = await owner();
    const random = async () => (await kms<{ Plaintext: string }>('GenerateRandom', { NumberOfBytes: 32 })).Plaintext;
    expect(Buffer.from(await random(), 'base64')).toHaveLength(32);
    expect(await random()).not.toBe(await random());
    await expect(kms('GenerateRandom', {})).rejects.toEqual(failsWith('ValidationException'));
  });

  it('describes keys as AWS does', async () => {
    const { kms, key, account, events } = await owner();
    const created = await key({ Description: 'mine', Tags: [{ TagKey: 'team', TagValue: 'a' }] });
    expect(created).toMatchObject({
      ...{ AWSAccountId: account, Description: 'mine', Enabled: true, KeyState: 'Enabled', KeyManager: 'CUSTOMER' },
      ...{ Origin: 'AWS_KMS', KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'SYMMETRIC_DEFAULT', MultiRegion: false },
      ...{ Arn: `arn:aws:kms:us-east-1:${account}:key/${created.KeyId}`, EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] },
    });
    expect(created.KeyId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const KeyId of [created.KeyId, created.Arn]) {
      expect((await kms<{ KeyMetadata: object }>('DescribeKey', { KeyId })).KeyMetadata).toEqual(created);
    }
    await kms('UpdateKeyDescription', { KeyId: created.KeyId, Description: 'ours' });
    const { KeyMetadata } = await kms('DescribeKey', { KeyId: created.KeyId });
    expect(KeyMetadata).toMatchObject({ Description: 'ours' });
    await events.next('identity.key-created', { subject: created.Arn });
    await events.next('identity.key-changed', { data: { keyId: created.KeyId, operation: 'UpdateKeyDescription' } });
  });

  it('names what is not there in the words of AWS', async () => {
    const { kms, account } = await owner();
    const id = randomUUID();
    const arn = `arn:aws:kms:us-east-1:${account}:key/${id}`;
    const alias = `arn:aws:kms:us-east-1:${account}:alias/none`;
    const cases: [string, string][] = [
      [id, `Key '${arn}' does not exist`],
      [arn, `Key '${arn}' does not exist`],
      ['alias/none', `Alias ${alias} is not found.`],
      [alias, `Alias ${alias} is not found.`],
      [arn.replace('us-east-1', 'eu-west-1'), 'Invalid arn eu-west-1'],
      ['no key!', "Invalid keyId 'no key!'"],
      ['arn:aws:s3:::bucket', "Invalid keyId 'arn:aws:s3:::bucket'"],
    ];
    for (const [KeyId, message] of cases) {
      await expect(kms('DescribeKey', { KeyId })).rejects.toEqual(failsWith('NotFoundException', message));
    }
    await expect(kms('DisableKey', { KeyId: 'alias/none' })).rejects.toEqual(
      failsWith('NotFoundException', "Invalid keyId 'alias/none'"),
    );
  });

  it('lists keys in pages', async () => {
    const { kms, key } = await owner();
    const made = [await key(), await key(), await key()].map(({ KeyId }) => KeyId).sort();
    const first = await kms<{ Keys: { KeyId: string }[]; NextMarker: string }>('ListKeys', { Limit: 2 });
    expect(first).toMatchObject({ Truncated: true });
    const second = await kms<{ Keys: { KeyId: string }[] }>('ListKeys', { Limit: 2, Marker: first.NextMarker });
    expect(second).toMatchObject({ Truncated: false });
    expect([...first.Keys, ...second.Keys].map(({ KeyId }) => KeyId)).toEqual(made);
    await expect(kms('ListKeys', { Marker: 'made up' })).rejects.toEqual(failsWith('InvalidMarkerException'));
    await expect(kms('ListAliases', { Marker: first.NextMarker })).rejects.toEqual(failsWith('InvalidMarkerException'));
  });

  it('knows keys by aliases, which can be moved', async () => {
    const { kms, key, account, events } = await owner();
    const [one, two] = [await key(), await key()];
    const AliasName = 'alias/app/main';
    const arn = `arn:aws:kms:us-east-1:${account}:${AliasName}`;
    await kms('CreateAlias', { AliasName, TargetKeyId: one.KeyId });
    await expect(kms('CreateAlias', { AliasName, TargetKeyId: two.KeyId })).rejects.toEqual(
      failsWith('AlreadyExistsException', `An alias with the name ${arn} already exists`),
    );
    const { CiphertextBlob } = await kms('Encrypt', { KeyId: AliasName, Plaintext: base64('x') });
    await kms('UpdateAlias', { AliasName, TargetKeyId: two.Arn });
    expect(await kms('Encrypt', { KeyId: arn, Plaintext: base64('x') })).toMatchObject({ KeyId: two.Arn });
    // A ciphertext names its key, not the alias.
    expect(await kms('Decrypt', { CiphertextBlob })).toMatchObject({ KeyId: one.Arn });
    await expect(kms('Decrypt', { CiphertextBlob, KeyId: AliasName })).rejects.toEqual(
      failsWith('IncorrectKeyException'),
    );
    await kms('CreateAlias', { AliasName: 'alias/b', TargetKeyId: one.KeyId });
    const names = async (input: object) =>
      (await kms<{ Aliases: { AliasName: string }[] }>('ListAliases', input)).Aliases.map((each) => each.AliasName);
    expect(await names({})).toEqual([AliasName, 'alias/b']);
    expect(await names({ KeyId: two.KeyId })).toEqual([AliasName]);
    expect(await names({ Limit: 1 })).toEqual([AliasName]);
    await kms('DeleteAlias', { AliasName });
    await expect(kms('DeleteAlias', { AliasName })).rejects.toEqual(
      failsWith('NotFoundException', `Alias ${arn} is not found.`),
    );
    await expect(kms('UpdateAlias', { AliasName, TargetKeyId: one.KeyId })).rejects.toEqual(
      failsWith('NotFoundException'),
    );
    for (const operation of ['CreateAlias', 'UpdateAlias', 'DeleteAlias']) {
      await events.next('identity.key-alias-changed', { subject: arn, data: { operation } });
    }
  });

  it('refuses names that are no aliases, and those that services keep', async () => {
    const { kms, key } = await owner();
    const { KeyId } = await key();
    for (const AliasName of ['mine', 'alias/a:b', 'alias/']) {
      await expect(kms('CreateAlias', { AliasName, TargetKeyId: KeyId })).rejects.toEqual(
        failsWith('ValidationException'),
      );
    }
    const AliasName = 'alias/aws/ssm';
    for (const operation of ['CreateAlias', 'UpdateAlias', 'DeleteAlias']) {
      await expect(kms(operation, { AliasName, TargetKeyId: KeyId })).rejects.toEqual(
        failsWith('InvalidAliasNameException'),
      );
    }
    await kms('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: KeyId });
    await expect(kms('CreateAlias', { AliasName: 'alias/more', TargetKeyId: 'alias/mine' })).rejects.toEqual(
      failsWith('NotFoundException'),
    );
  });

  it('uses no key that is disabled', async () => {
    const { kms, key } = await owner();
    const { KeyId, Arn } = await key();
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: base64('x') });
    await kms('DisableKey', { KeyId });
    const disabled = failsWith('DisabledException', `${Arn} is disabled.`);
    await expect(kms('Encrypt', { KeyId, Plaintext: base64('x') })).rejects.toEqual(disabled);
    await expect(kms('Decrypt', { CiphertextBlob })).rejects.toEqual(disabled);
    await expect(kms('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).rejects.toEqual(disabled);
    await expect(kms('ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId })).rejects.toEqual(disabled);
    await expect(kms('RotateKeyOnDemand', { KeyId })).rejects.toEqual(disabled);
    expect((await kms('DescribeKey', { KeyId }))['KeyMetadata']).toMatchObject({
      Enabled: false,
      KeyState: 'Disabled',
    });
    await kms('EnableKey', { KeyId });
    expect(text((await kms('Decrypt', { CiphertextBlob }))['Plaintext']!)).toBe('x');
  });

  it('tags keys', async () => {
    const { kms, key } = await owner();
    const { KeyId } = await key({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    const Tags = [
      { TagKey: 'b', TagValue: '2' },
      { TagKey: 'a', TagValue: '3' },
    ];
    await kms('TagResource', { KeyId, Tags });
    expect(await kms('ListResourceTags', { KeyId })).toEqual({ Tags: [Tags[1], Tags[0]], Truncated: false });
    const first = await kms<{ NextMarker: string }>('ListResourceTags', { KeyId, Limit: 1 });
    expect(first).toMatchObject({ Tags: [Tags[1]], Truncated: true });
    expect(await kms('ListResourceTags', { KeyId, Limit: 1, Marker: first.NextMarker })).toMatchObject({
      Tags: [Tags[0]],
    });
    await kms('UntagResource', { KeyId, TagKeys: ['a', 'none'] });
    expect(await kms('ListResourceTags', { KeyId })).toEqual({ Tags: [Tags[0]], Truncated: false });
    const many = Array.from({ length: 51 }, (_, index) => ({ TagKey: `t${index}`, TagValue: '' }));
    await expect(kms('TagResource', { KeyId, Tags: many })).rejects.toEqual(failsWith('TagException'));
    await expect(kms('CreateKey', { Tags: [Tags[0], Tags[0]] })).rejects.toEqual(failsWith('TagException'));
  });

  it.each([
    ['asymmetric keys', 'CreateKey', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    [
      'HMAC keys',
      'CreateKey',
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      'UnsupportedOperationException',
    ],
    ['imported keys', 'CreateKey', { Origin: 'EXTERNAL' }, 'UnsupportedOperationException'],
    ['multi-region keys', 'CreateKey', { MultiRegion: true }, 'UnsupportedOperationException'],
    ['signing', 'Sign', { Message: base64('x'), SigningAlgorithm: 'ECDSA_SHA_256' }, 'InvalidKeyUsageException'],
    ['MACs', 'GenerateMac', { Message: base64('x'), MacAlgorithm: 'HMAC_SHA_256' }, 'InvalidKeyUsageException'],
    [
      'grants',
      'CreateGrant',
      { GranteePrincipal: 'arn:aws:iam::123456789012:root', Operations: ['Decrypt'] },
      'UnsupportedOperationException',
    ],
    ['grant tokens', 'Encrypt', { Plaintext: base64('x'), GrantTokens: ['t'] }, 'InvalidGrantTokenException'],
    [
      'other algorithms',
      'Encrypt',
      { Plaintext: base64('x'), EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' },
      'InvalidKeyUsageException',
    ],
    ['replicas', 'ReplicateKey', { ReplicaRegion: 'eu-west-1' }, 'UnsupportedOperationException'],
    ['dry runs', 'Encrypt', { Plaintext: base64('x'), DryRun: true }, 'DryRunOperationException'],
  ])('refuses %s clearly', async (_what, operation, input, code) => {
    const { kms, key } = await owner();
    const named = operation === 'CreateKey' ? {} : { KeyId: (await key()).KeyId };
    await expect(kms(operation, { ...named, ...input })).rejects.toEqual(failsWith(code));
  });

  it('lists no grants', async () => {
    const { kms, key } = await owner();
    expect(await kms('ListGrants', { KeyId: (await key()).KeyId })).toEqual({ Grants: [], Truncated: false });
  });

  it('keeps neither material nor plaintext where anybody could read it', async () => {
    const { kms, key } = await owner();
    const { KeyId } = await key();
    const made = await kms<{ Plaintext: string }>('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    const secret = Buffer.from(made.Plaintext, 'base64');
    await kms('Encrypt', { KeyId, Plaintext: made.Plaintext }, { invocationId: 'kept' });
    const database = service.running().get(Database);
    const tables = await database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['kms_key', 'kms_key_version', 'kms_alias']));
    for (const { name } of tables) {
      const rows = await database.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      const all = rows.map(({ row }) => row).join();
      for (const form of ['hex', 'base64', 'base64url'] as const) expect(all).not.toContain(secret.toString(form));
    }
  });
});
