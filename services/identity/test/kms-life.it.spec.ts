import { Identity } from '@muster/contracts';
import { SweepWaker } from '@muster/bus';
import { Clock, Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { aKeyOwner, base64, text } from './kms-calls.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const failsWith = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) }) as Error;

describe('the life of a key', () => {
  const service = serviceUnderTest(IdentityModule);
  const owner = () => aKeyOwner(service);
  let ahead = 0;

  beforeAll(() => {
    service.running().get(Clock).now = () => new Date(Date.now() + ahead);
  });
  afterEach(() => (ahead = 0));

  const later = (days: number, sweep: string) => {
    ahead += days * DAY_MS;
    service.running().get(SweepWaker).wake(sweep);
  };

  it('goes on after a rotation: new material encrypts, old ciphertexts open', async () => {
    const { kms, key, events } = await owner();
    const { KeyId, Arn, CurrentKeyMaterialId } = await key();
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: base64('before') });
    expect(await kms('RotateKeyOnDemand', { KeyId })).toEqual({ KeyId: Arn });
    await events.next('identity.key-rotated', { data: { keyId: KeyId, rotation: 'ON_DEMAND' } });
    const again = await kms<Record<string, string>>('Encrypt', { KeyId, Plaintext: base64('after') });
    const before = await kms<Record<string, string>>('Decrypt', { CiphertextBlob });
    const after = await kms<Record<string, string>>('Decrypt', { CiphertextBlob: again['CiphertextBlob'] });
    expect([text(before['Plaintext']!), text(after['Plaintext']!)]).toEqual(['before', 'after']);
    expect(before['KeyMaterialId']).toBe(CurrentKeyMaterialId);
    expect(after['KeyMaterialId']).not.toBe(CurrentKeyMaterialId);
    const { Rotations } = await kms<{ Rotations: object[] }>('ListKeyRotations', { KeyId });
    expect(Rotations).toEqual([
      {
        KeyId: Arn,
        KeyMaterialId: after['KeyMaterialId'],
        RotationDate: expect.any(Number) as number,
        RotationType: 'ON_DEMAND',
      },
    ]);
    const all = await kms<{ Rotations: object[] }>('ListKeyRotations', {
      KeyId,
      IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
    });
    expect(all.Rotations).toMatchObject([{ KeyMaterialState: 'CURRENT' }, { KeyMaterialState: 'NON_CURRENT' }]);
  });

  it('is rotated on demand 25 times and no more, also when thirty ask at once', async () => {
    const { kms, key } = await owner();
    const { KeyId } = await key();
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => kms('RotateKeyOnDemand', { KeyId })));
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toEqual(Array.from({ length: 5 }, () => failsWith('LimitExceededException')));
    const first = await kms<{ Rotations: object[]; NextMarker: string }>('ListKeyRotations', { KeyId, Limit: 20 });
    const rest = await kms<{ Rotations: object[] }>('ListKeyRotations', { KeyId, Marker: first.NextMarker });
    expect([first.Rotations.length, rest.Rotations.length]).toEqual([20, 5]);
    const ids = [...first.Rotations, ...rest.Rotations].map(
      (each) => (each as { KeyMaterialId: string }).KeyMaterialId,
    );
    expect(new Set(ids).size).toBe(25);
  });

  it('rotates by itself when that is due, and never while it is disabled', async () => {
    const { kms, key, events } = await owner();
    const [one, two] = [await key(), await key()];
    const status = (KeyId: string) => kms<Record<string, number>>('GetKeyRotationStatus', { KeyId });
    expect(await status(one.KeyId)).toEqual({ KeyId: one.Arn, KeyRotationEnabled: false });
    await kms('EnableKeyRotation', { KeyId: one.KeyId, RotationPeriodInDays: 90 });
    await kms('EnableKeyRotation', { KeyId: two.KeyId });
    expect(await status(two.KeyId)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
    const due = (await status(one.KeyId))['NextRotationDate']!;
    expect(due * 1000 - Date.now()).toBeGreaterThan(89.9 * DAY_MS);
    await kms('DisableKey', { KeyId: one.KeyId });

    later(91, 'identity.rotate-keys');
    later(275, 'identity.rotate-keys');
    await events.next('identity.key-rotated', { data: { keyId: two.KeyId, rotation: 'AUTOMATIC' } });
    const { Rotations } = await kms<{ Rotations: object[] }>('ListKeyRotations', { KeyId: one.KeyId });
    expect(Rotations).toEqual([]);

    await kms('EnableKey', { KeyId: one.KeyId });
    later(0, 'identity.rotate-keys');
    await events.next('identity.key-rotated', { data: { keyId: one.KeyId } });
    expect((await status(one.KeyId))['NextRotationDate']! * 1000 - Date.now()).toBeGreaterThan((366 + 89) * DAY_MS);
    await kms('DisableKeyRotation', { KeyId: one.KeyId });
    expect(await status(one.KeyId)).toEqual({ KeyId: one.Arn, KeyRotationEnabled: false });
  });

  it('ends after its waiting time, and everything that it encrypted with it', async () => {
    const { kms, key, events } = await owner();
    const { KeyId, Arn } = await key();
    await kms('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: KeyId });
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: base64('lost') });
    for (const PendingWindowInDays of [6, 31]) {
      await expect(kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays })).rejects.toEqual(
        failsWith('ValidationException'),
      );
    }
    const scheduled = await kms<Record<string, number>>('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    expect(scheduled).toMatchObject({ KeyId: Arn, KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
    expect(Math.abs(scheduled['DeletionDate']! * 1000 - Date.now() - 7 * DAY_MS)).toBeLessThan(60_000);
    const pending = failsWith('KMSInvalidStateException', `${Arn} is pending deletion.`);
    await expect(kms('Decrypt', { CiphertextBlob })).rejects.toEqual(pending);
    await expect(kms('EnableKey', { KeyId })).rejects.toEqual(pending);
    await expect(kms('ScheduleKeyDeletion', { KeyId })).rejects.toEqual(pending);
    await expect(kms('CreateAlias', { AliasName: 'alias/more', TargetKeyId: KeyId })).rejects.toEqual(pending);

    later(6.9, 'identity.delete-keys');
    expect((await kms('DescribeKey', { KeyId }))['KeyMetadata']).toMatchObject({ KeyState: 'PendingDeletion' });
    later(0.2, 'identity.delete-keys');
    await events.next('identity.key-deleted', { subject: Arn });
    await expect(kms('DescribeKey', { KeyId })).rejects.toEqual(failsWith('NotFoundException'));
    await expect(kms('DescribeKey', { KeyId: 'alias/mine' })).rejects.toEqual(failsWith('NotFoundException'));
    await expect(kms('Decrypt', { CiphertextBlob })).rejects.toEqual(failsWith('AccessDeniedException'));
    const rows = await service.running().get(Database).query('SELECT FROM kms_key_version WHERE key_id = $1', [KeyId]);
    expect(rows).toEqual([]);
  });

  it('can be spared until then', async () => {
    const { kms, key } = await owner();
    const { KeyId, Arn } = await key();
    await expect(kms('CancelKeyDeletion', { KeyId })).rejects.toEqual(
      failsWith('KMSInvalidStateException', `${Arn} is not pending deletion.`),
    );
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: base64('kept') });
    await kms('ScheduleKeyDeletion', { KeyId });
    expect(await kms('CancelKeyDeletion', { KeyId })).toEqual({ KeyId: Arn });
    expect((await kms('DescribeKey', { KeyId }))['KeyMetadata']).toMatchObject({ KeyState: 'Disabled' });
    await kms('EnableKey', { KeyId });
    later(31, 'identity.delete-keys');
    expect(text((await kms('Decrypt', { CiphertextBlob }))['Plaintext']!)).toBe('kept');
  });

  describe('for services', () => {
    const ask = (scope: { account: string; region: string }, key: string, version?: number) =>
      service.rpc(Identity.method.encryptionKey, { ...scope, key, ...(version !== undefined && { version }) });

    it('is there from the first question on, once, and for real accounts alone', async () => {
      const mine = await owner();
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(mine, 'alias/aws/ssm')));
      expect(new Set(answers.map(({ key }) => key!.arn)).size).toBe(1);
      const { key } = answers[0]!;
      expect(key).toMatchObject({ account: mine.account, state: 'Enabled', version: 1 });
      expect(key!.material).toHaveLength(32);
      const { KeyMetadata } = await mine.kms('DescribeKey', { KeyId: 'alias/aws/ssm' });
      expect(KeyMetadata).toMatchObject({ Arn: key!.arn, KeyManager: 'AWS' });
      expect((await ask({ account: '000000000001', region: 'us-east-1' }, 'alias/aws/ssm')).key).toBeUndefined();
      const foreign = `arn:aws:kms:us-east-1:${(await owner()).account}:alias/aws/ssm`;
      expect((await ask(mine, foreign)).key).toBeUndefined();
      expect((await ask(mine, 'alias/none')).key).toBeUndefined();
      expect((await ask(mine, 'no key!')).key).toBeUndefined();
    });

    it('comes with the material of the version that is asked for, and with none when it is not enabled', async () => {
      const mine = await owner();
      const { KeyId, Arn } = await mine.key();
      await mine.kms('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: KeyId });
      const first = (await ask(mine, 'alias/mine')).key!;
      await mine.kms('RotateKeyOnDemand', { KeyId });
      const second = (await ask(mine, Arn)).key!;
      expect([first.version, second.version]).toEqual([1, 2]);
      expect(Buffer.from(second.material).equals(Buffer.from(first.material))).toBe(false);
      expect((await ask(mine, KeyId, 1)).key!.material).toEqual(first.material);
      expect((await ask(mine, KeyId, 3)).key).toBeUndefined();
      await mine.kms('DisableKey', { KeyId });
      expect((await ask(mine, KeyId)).key).toMatchObject({ state: 'Disabled', material: new Uint8Array() });
    });

    it('changes the revision with everything that a decision about it rests on', async () => {
      const mine = await owner();
      const { KeyId } = await mine.key();
      const revision = async () => (await service.rpc(Identity.method.currentRevision, {})).revision;
      const { Policy } = await mine.kms<{ Policy: string }>('GetKeyPolicy', { KeyId });
      const changes: [string, object][] = [
        ['CreateAlias', { AliasName: 'alias/r', TargetKeyId: KeyId }],
        ['DeleteAlias', { AliasName: 'alias/r' }],
        ['TagResource', { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
        ['UntagResource', { KeyId, TagKeys: ['a'] }],
        ['PutKeyPolicy', { KeyId, Policy }],
        ['RotateKeyOnDemand', { KeyId }],
        ['DisableKey', { KeyId }],
        ['ScheduleKeyDeletion', { KeyId }],
      ];
      for (const [operation, input] of changes) {
        const before = await revision();
        await mine.kms(operation, input);
        expect([operation, (await revision()) > before]).toEqual([operation, true]);
      }
    });
  });
});
