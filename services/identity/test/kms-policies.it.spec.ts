import { randomUUID } from 'node:crypto';

import { serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { failsWith, soon, soonFails } from './first-account.js';
import { type KeyOwner, aKeyOwner, base64 } from './kms-calls.js';

/** A key policy of these statements, beside one that lets the account's root administer. */
function keyPolicy(owner: { account: string }, ...statements: readonly object[]): string {
  const root = { Sid: 'root', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${owner.account}:root` } };
  const all = [{ ...root, Action: 'kms:*', Resource: '*' }, ...statements.map((each) => ({ Resource: '*', ...each }))];
  return JSON.stringify({ Version: '2012-10-17', Statement: all });
}

const may = (Action: string | string[], Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource: '*' },
  ...(Condition && { Condition }),
});

describe('who may use a key', () => {
  const service = serviceUnderTest(IdentityModule);
  const owner = () => aKeyOwner(service);
  const encrypt = (by: KeyOwner, KeyId: string, caller: KeyOwner['caller'], more: object = {}) =>
    by.kms('Encrypt', { KeyId, Plaintext: base64('x'), ...more }, { caller });

  it('is said by the policies of its account where the key policy hands it to the account', async () => {
    const mine = await owner();
    const { KeyId, Arn } = await mine.key();
    const [allowed, other] = [await mine.person(may('kms:Encrypt')), await mine.person()];
    await soon(() => encrypt(mine, KeyId, allowed));
    await expect(encrypt(mine, KeyId, other)).rejects.toEqual(
      failsWith('AccessDeniedException', {
        message:
          `User: ${other.arn} is not authorized to perform: kms:Encrypt on resource: ${Arn} ` +
          'because no identity-based policy allows the kms:Encrypt action',
      }),
    );
    await expect(mine.kms('Decrypt', { CiphertextBlob: base64('x') }, { caller: allowed })).rejects.toEqual(
      failsWith('InvalidCiphertextException'),
    );
  });

  it('is said by the key policy alone where it names no account', async () => {
    const mine = await owner();
    const [named, powerful] = [await mine.person(), await mine.person(may('kms:*'))];
    const root = `arn:aws:iam::${mine.account}:root`;
    const { KeyId, Arn } = await mine.key();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: named.arn }, Action: 'kms:*', Resource: '*' },
        // The root alone, not everybody of its account.
        {
          ...{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:PutKeyPolicy', Resource: '*' },
          Condition: { ArnEquals: { 'aws:PrincipalArn': root } },
        },
      ],
    });
    await mine.kms('PutKeyPolicy', { KeyId, Policy });
    expect(await mine.kms('GetKeyPolicy', { KeyId }, { caller: named })).toEqual({ Policy, PolicyName: 'default' });
    expect(await mine.kms('ListKeyPolicies', { KeyId }, { caller: named })).toMatchObject({ PolicyNames: ['default'] });
    await encrypt(mine, KeyId, named);
    await soon(async () => {
      await expect(encrypt(mine, KeyId, powerful)).rejects.toEqual(
        failsWith('AccessDeniedException', {
          message:
            `User: ${powerful.arn} is not authorized to perform: kms:Encrypt on resource: ${Arn} ` +
            'because no resource-based policy allows the kms:Encrypt action',
        }),
      );
    });
    await expect(mine.kms('GetKeyPolicy', { KeyId, PolicyName: 'other' }, { caller: named })).rejects.toEqual(
      failsWith('NotFoundException'),
    );
  });

  it('is forbidden by a Deny, whatever else is said', async () => {
    const mine = await owner();
    const person = await mine.person(may('kms:*'));
    const { KeyId } = await mine.key();
    await soon(() => encrypt(mine, KeyId, person));
    const deny = { Effect: 'Deny', Principal: { AWS: person.arn }, Action: 'kms:Encrypt' };
    await mine.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(mine, deny) });
    await expect(encrypt(mine, KeyId, person)).rejects.toEqual(failsWith('AccessDeniedException'));
  });

  it('depends on the encryption context, the alias and the tags where a policy says so', async () => {
    const mine = await owner();
    const { KeyId } = await mine.key({ Tags: [{ TagKey: 'team', TagValue: 'a' }] });
    await mine.kms('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: KeyId });
    const byContext = await mine.person(
      may('kms:Encrypt', {
        StringEquals: { 'kms:EncryptionContext:stage': 'test' },
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['stage'] },
      }),
    );
    const byAlias = await mine.person(may('kms:Encrypt', { StringEquals: { 'kms:RequestAlias': 'alias/mine' } }));
    const byAliases = await mine.person(
      may('kms:Encrypt', { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/m*' } }),
    );
    const byTag = await mine.person(may('kms:Encrypt', { StringEquals: { 'aws:ResourceTag/team': 'a' } }));
    const denied = failsWith('AccessDeniedException');

    const EncryptionContext = { stage: 'test' };
    await soon(() => encrypt(mine, KeyId, byContext, { EncryptionContext }));
    await expect(encrypt(mine, KeyId, byContext)).rejects.toEqual(denied);
    const more = { EncryptionContext: { ...EncryptionContext, other: 'x' } };
    await expect(encrypt(mine, KeyId, byContext, more)).rejects.toEqual(denied);
    await encrypt(mine, 'alias/mine', byAlias);
    await expect(encrypt(mine, KeyId, byAlias)).rejects.toEqual(denied);
    await encrypt(mine, KeyId, byAliases);
    await encrypt(mine, KeyId, byTag);
    await mine.kms('TagResource', { KeyId, Tags: [{ TagKey: 'team', TagValue: 'b' }] });
    await mine.kms('DeleteAlias', { AliasName: 'alias/mine' });
    await expect(encrypt(mine, KeyId, byTag)).rejects.toEqual(denied);
    await expect(encrypt(mine, KeyId, byAliases)).rejects.toEqual(denied);
  });

  it('reaches another account when both the key policy and the own account say so', async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const { Arn, KeyId } = await mine.key();
    await mine.kms('CreateAlias', { AliasName: 'alias/shared', TargetKeyId: KeyId });
    const [allowed, other] = [await theirs.person(may('kms:*')), await theirs.person()];
    const denied = failsWith('AccessDeniedException');
    await expect(encrypt(theirs, Arn, theirs.caller)).rejects.toEqual(denied);
    const share = {
      ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${theirs.account}:root` } },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'],
    };
    await mine.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(mine, share) });
    const { CiphertextBlob } = await soon(() => encrypt(theirs, Arn, allowed));
    await expect(encrypt(theirs, Arn, other)).rejects.toEqual(denied);
    expect(await theirs.kms('Decrypt', { CiphertextBlob }, { caller: allowed })).toMatchObject({ KeyId: Arn });
    const alias = `arn:aws:kms:us-east-1:${mine.account}:alias/shared`;
    expect(await encrypt(theirs, alias, allowed)).toMatchObject({ KeyId: Arn });
    // Administered is a key by its own account alone.
    await expect(theirs.kms('DisableKey', { KeyId: Arn }, { caller: allowed })).rejects.toEqual(denied);
    await expect(theirs.kms('ListAliases', { KeyId: Arn })).rejects.toEqual(failsWith('NotFoundException'));
    // Its bare id means a key of one's own.
    await expect(encrypt(theirs, KeyId, allowed)).rejects.toEqual(failsWith('NotFoundException'));
  });

  it('is not told who asks about keys of others: those that are not there are refused as well', async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const prefix = `arn:aws:kms:us-east-1:${mine.account}`;
    for (const KeyId of [`${prefix}:key/${randomUUID()}`, `${prefix}:alias/none`, `${prefix}:alias/aws/ssm`]) {
      await expect(theirs.kms('DescribeKey', { KeyId })).rejects.toEqual(failsWith('AccessDeniedException'));
    }
  });

  it('is not found out by what it did not encrypt', async () => {
    const [mine, theirs] = [await owner(), await owner()];
    await mine.kms('CreateAlias', { AliasName: 'alias/there', TargetKeyId: (await mine.key()).KeyId });
    const { KeyId } = await theirs.key();
    const { CiphertextBlob } = await theirs.kms('Encrypt', { KeyId, Plaintext: base64('x') });
    for (const name of ['there', 'not-there']) {
      const key = `arn:aws:kms:us-east-1:${mine.account}:alias/${name}`;
      const denied = failsWith('AccessDeniedException');
      await expect(theirs.kms('Decrypt', { CiphertextBlob, KeyId: key })).rejects.toEqual(denied);
      const anew = { CiphertextBlob, SourceKeyId: key, DestinationKeyId: KeyId };
      await expect(theirs.kms('ReEncrypt', anew)).rejects.toEqual(denied);
      await expect(theirs.kms('Decrypt', { CiphertextBlob: base64('nothing'), KeyId: key })).rejects.toEqual(
        failsWith('InvalidCiphertextException'),
      );
    }
  });

  it('is made with tags by whoever may tag keys', async () => {
    const mine = await owner();
    const maker = await mine.person(may('kms:CreateKey'));
    const make = (input: object) => mine.kms('CreateKey', input, { caller: maker });
    const Policy = keyPolicy(mine);
    await soon(() => make({ Policy, BypassPolicyLockoutSafetyCheck: true }));
    const Tags = [{ TagKey: 'team', TagValue: 'a' }];
    await expect(make({ Policy, BypassPolicyLockoutSafetyCheck: true, Tags })).rejects.toEqual(
      failsWith('AccessDeniedException', { message: expect.stringContaining('kms:TagResource') as string }),
    );
  });

  it('never administers the key of a service, and uses it through the service alone', async () => {
    const mine = await owner();
    const { KeyMetadata } = await mine.kms<{ KeyMetadata: { KeyId: string } }>('DescribeKey', {
      KeyId: 'alias/aws/ssm',
    });
    const { KeyId } = KeyMetadata;
    const calls: [string, object][] = [
      ['Encrypt', { Plaintext: base64('x') }],
      ['GenerateDataKey', { KeySpec: 'AES_256' }],
      ['DisableKey', {}],
      ['ScheduleKeyDeletion', {}],
      ['PutKeyPolicy', { Policy: keyPolicy(mine) }],
      ['DisableKeyRotation', {}],
      ['TagResource', { Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
      ['UpdateKeyDescription', { Description: 'mine' }],
    ];
    for (const [operation, input] of calls) {
      await expect(mine.kms(operation, { KeyId, ...input })).rejects.toEqual(failsWith('AccessDeniedException'));
    }
    await expect(mine.kms('CreateAlias', { AliasName: 'alias/own', TargetKeyId: KeyId })).rejects.toEqual(
      failsWith('AccessDeniedException'),
    );
    const { Policy } = await mine.kms<{ Policy: string }>('GetKeyPolicy', { KeyId });
    expect(Policy).toContain(`"kms:ViaService": "ssm.us-east-1.amazonaws.com"`);
    expect(await mine.kms('GetKeyRotationStatus', { KeyId })).toMatchObject({ KeyRotationEnabled: true });
  });

  it('is not locked out by mistake, and a policy that nobody understands is not put in force', async () => {
    const mine = await owner();
    const { KeyId } = await mine.key();
    const nobody = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${mine.account}:user/gone` } },
          ...{ Action: 'kms:*', Resource: '*' },
        },
      ],
    });
    const lockout = failsWith('MalformedPolicyDocumentException', {
      message: 'The new key policy will not allow you to update the key policy in the future.',
    });
    await expect(mine.kms('PutKeyPolicy', { KeyId, Policy: nobody })).rejects.toEqual(lockout);
    await expect(mine.kms('CreateKey', { Policy: nobody })).rejects.toEqual(lockout);
    for (const Policy of ['no JSON', '{}', keyPolicy(mine, { Effect: 'Allow', Action: 'kms:Encrypt' })]) {
      await expect(mine.kms('PutKeyPolicy', { KeyId, Policy })).rejects.toEqual(
        failsWith('MalformedPolicyDocumentException'),
      );
    }
    await mine.kms('PutKeyPolicy', { KeyId, Policy: nobody, BypassPolicyLockoutSafetyCheck: true });
    await soonFails('AccessDeniedException', () => mine.kms('DescribeKey', { KeyId }));
  });

  it.each([
    ['Encrypt', { Plaintext: base64('x') }],
    ['GenerateDataKey', { KeySpec: 'AES_256' }],
    ['GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' }],
    ['DescribeKey', {}],
    ['UpdateKeyDescription', { Description: 'x' }],
    ['EnableKey', {}],
    ['DisableKey', {}],
    ['ScheduleKeyDeletion', {}],
    ['CancelKeyDeletion', {}],
    ['EnableKeyRotation', {}],
    ['DisableKeyRotation', {}],
    ['GetKeyRotationStatus', {}],
    ['RotateKeyOnDemand', {}],
    ['ListKeyRotations', {}],
    ['GetKeyPolicy', {}],
    ['PutKeyPolicy', { Policy: '{}' }],
    ['ListKeyPolicies', {}],
    ['ListGrants', {}],
    ['TagResource', { Tags: [] }],
    ['UntagResource', { TagKeys: [] }],
    ['ListResourceTags', {}],
    ['Sign', { Message: base64('x'), SigningAlgorithm: 'ECDSA_SHA_256' }],
  ])('%s needs its own permission', async (operation, input) => {
    const mine = await owner();
    const { KeyId } = await mine.key();
    const others = await mine.person({ Effect: 'Allow', NotAction: `kms:${operation}`, Resource: '*' });
    await soon(() =>
      mine.kms(operation === 'DescribeKey' ? 'GetKeyPolicy' : 'DescribeKey', { KeyId }, { caller: others }),
    );
    await expect(mine.kms(operation, { KeyId, ...input }, { caller: others })).rejects.toEqual(
      failsWith('AccessDeniedException'),
    );
  });

  it('and who did, or was refused, is written down before the answer', async () => {
    const mine = await owner();
    const { KeyId, Arn } = await mine.key();
    const person = await mine.person(may('kms:Decrypt'));
    const { CiphertextBlob } = await encrypt(mine, KeyId, mine.caller);
    await soon(() => mine.kms('Decrypt', { CiphertextBlob }, { caller: person }));
    await expect(encrypt(mine, KeyId, person)).rejects.toEqual(failsWith('AccessDeniedException'));
    const record = async (match: object) => {
      const { data } = await mine.events.next<{ Records: Record<string, unknown>[] }>('identity.audited', {
        data: { Records: { 0: match } },
      });
      return data.Records[0]!;
    };
    const common = { eventSource: 'kms.amazonaws.com', userIdentity: { arn: person.arn } };
    expect(await record({ ...common, eventName: 'Decrypt', errorCode: undefined })).toMatchObject({
      resources: [{ ARN: Arn, accountId: mine.account }],
      readOnly: true,
    });
    const denied = await record({ ...common, eventName: 'Encrypt' });
    expect(denied).toMatchObject({ errorCode: 'AccessDenied', resources: [{ ARN: Arn }] });
    // A ciphertext of a key that is not there is a denial too.
    const unknown = Buffer.from(CiphertextBlob!, 'base64');
    unknown[3]! ^= 1;
    await expect(
      mine.kms('Decrypt', { CiphertextBlob: unknown.toString('base64') }, { caller: person }),
    ).rejects.toEqual(failsWith('AccessDeniedException'));
    await record({ ...common, eventName: 'Decrypt', errorCode: 'AccessDenied' });
    await mine.kms('DisableKey', { KeyId });
    await record({ eventName: 'DisableKey', readOnly: false, userIdentity: { arn: mine.caller.arn } });
  });

  it('re-encrypting needs both keys, each with an action of its own', async () => {
    const mine = await owner();
    const [from, to] = [await mine.key(), await mine.key()];
    const { CiphertextBlob } = await encrypt(mine, from.KeyId, mine.caller);
    const reEncrypt = (caller: KeyOwner['caller']) =>
      mine.kms('ReEncrypt', { CiphertextBlob, DestinationKeyId: to.KeyId }, { caller });
    const on = (Resource: string, Action: string) => ({ Effect: 'Allow', Action, Resource });
    const both = await mine.person(on(from.Arn, 'kms:ReEncryptFrom'), on(to.Arn, 'kms:ReEncryptTo'));
    const half = await mine.person(on(from.Arn, 'kms:ReEncrypt*'), on(to.Arn, 'kms:ReEncryptFrom'));
    await soon(() => reEncrypt(both));
    await expect(reEncrypt(half)).rejects.toEqual(failsWith('AccessDeniedException'));
  });
});
