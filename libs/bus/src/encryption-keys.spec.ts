import { randomBytes } from 'node:crypto';

import { ApiError } from '@muster/aws-protocol';
import type { Caller } from '@muster/iam';

import { BusEncryptionKeys } from './bus-encryption-keys.js';
import { keyResource } from './encryption-keys.js';

const scope = { account: '123456789012', region: 'us-east-1' };
const alias = 'alias/aws/ssm';
const arn = 'arn:aws:kms:us-east-1:123456789012:key/1';

function aRing() {
  const ring = {
    revision: 1n,
    material: randomBytes(32),
    state: 'Enabled',
    exists: true,
    away: false,
    asked: 0,
    now: 0,
  };
  const rpc = async () => {
    ring.asked++;
    if (ring.away) throw new ApiError('ServiceUnavailable', 'away');
    await Promise.resolve();
    const material = ring.state === 'Enabled' ? Uint8Array.from(ring.material) : new Uint8Array();
    const key = {
      keyId: '1',
      arn,
      account: scope.account,
      state: ring.state,
      policy: 'not JSON',
      tags: {},
      version: 1,
      material,
    };
    return { ...(ring.exists && { key }), revision: ring.revision };
  };
  const known = { revision: 1n };
  const keys = new BusEncryptionKeys(
    { rpc: rpc as never },
    { revision: () => Promise.resolve(known.revision) },
    () => ring.now,
  );
  return { ring, known, keys };
}

describe('an encryption key', () => {
  const opened: BusEncryptionKeys[] = [];
  const started = () => {
    const made = aRing();
    opened.push(made.keys);
    return made;
  };
  afterEach(() => opened.splice(0).forEach((keys) => keys.close()));

  it('is asked for once for all who wait, and then held', async () => {
    const { ring, keys } = started();
    const found = await Promise.all([keys.of(scope, alias), keys.of(scope, alias)]);
    expect(found[0]).toBe(found[1]);
    expect(await keys.of(scope, alias)).toBe(found[0]);
    expect(Buffer.from(found[0]!.material)).toEqual(ring.material);
    expect(ring.asked).toBe(1);
    await keys.of(scope, alias, 1);
    await keys.of({ ...scope, region: 'eu-west-1' }, alias);
    expect(ring.asked).toBe(3);
  });

  it('is asked for anew from the moment that the revision is another', async () => {
    const { ring, known, keys } = started();
    expect((await keys.of(scope, alias))!.state).toBe('Enabled');
    ring.state = 'Disabled';
    ring.revision = known.revision = 2n;
    const disabled = (await keys.of(scope, alias))!;
    expect(disabled.state).toBe('Disabled');
    expect(() => disabled.material).toThrow('is Disabled: it has no material');
    // Restored from a backup.
    ring.state = 'Enabled';
    ring.revision = known.revision = 1n;
    expect((await keys.of(scope, alias))!.state).toBe('Enabled');
  });

  it('is given to nobody for longer than 50 seconds, and overwritten after 60', async () => {
    const { ring, keys } = started();
    const first = (await keys.of(scope, alias))!;
    const { material } = first;
    ring.now = 49_999;
    expect(await keys.of(scope, alias)).toBe(first);
    ring.now = 50_000;
    keys.sweep();
    expect(await keys.of(scope, alias)).not.toBe(first);
    // A call that was given it may still finish.
    expect(Buffer.from(first.material)).toEqual(ring.material);
    ring.now = 60_000;
    keys.sweep();
    expect(() => first.material).toThrow(expect.objectContaining({ code: 'ServiceUnavailable' }));
    expect(material).toEqual(new Uint8Array(32));
  });

  it('is not there when identity knows none, and may be there a moment later', async () => {
    const { ring, keys } = started();
    ring.exists = false;
    expect(await keys.of(scope, 'alias/mine')).toBeUndefined();
    ring.exists = true;
    expect(await keys.of(scope, 'alias/mine')).toBeDefined();
  });

  it('is not guessed when identity is away, or answers with what is outdated', async () => {
    const { ring, known, keys } = started();
    ring.away = true;
    await expect(keys.of(scope, alias)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    ring.away = false;
    known.revision = 2n;
    await expect(keys.of(scope, alias)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });

  it('shows its material to no logger, and a policy that cannot be read allows nothing', async () => {
    const { keys } = started();
    const key = (await keys.of(scope, alias))!;
    // As JSON writes bytes: {"0":…,"31":…}.
    expect(JSON.stringify({ ...key })).not.toMatch(/material|"31":/);
    expect(Object.values(key)).not.toContainEqual(key.material);
    expect(key.policy.Statement).toEqual([]);
  });

  it('is overwritten when the service ends', async () => {
    const { keys } = started();
    const key = (await keys.of(scope, alias))!;
    const { material } = key;
    keys.close();
    expect(material).toEqual(new Uint8Array(32));
    expect(() => key.material).toThrow();
  });
});

it('a key is decided on by its policy, on who asks, through what and for what', () => {
  const caller = { account: '210987654321' } as Caller;
  const key = { arn, tags: { team: 'a' }, policy: { Statement: [] } };
  expect(keyResource(key, 'kms:Decrypt', { caller, via: 'ssm', encryptionContext: { PARAMETER_ARN: 'arn' } })).toEqual({
    arn,
    action: 'kms:Decrypt',
    tags: { team: 'a' },
    policy: { Statement: [] },
    policyGoverns: true,
    context: {
      'kms:CallerAccount': '210987654321',
      'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
      'kms:EncryptionContextKeys': ['PARAMETER_ARN'],
      'kms:EncryptionContext:PARAMETER_ARN': 'arn',
    },
  });
  expect(keyResource(key, 'kms:Decrypt', { caller }).context).toEqual({ 'kms:CallerAccount': '210987654321' });
});
