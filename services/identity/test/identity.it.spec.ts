import { createHash, createHmac, randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

import { fromBinary } from '@bufbuild/protobuf';
import { deriveSigningKey } from '@muster/aws-protocol';
import { startService } from '@muster/bus';
import { Identity, Principal_Kind, RevisionSchema, subjects } from '@muster/contracts';
import { type Caller, administratorPolicy } from '@muster/iam';
import { LocalRootKey } from '@muster/keys';
import { Database } from '@muster/persistence';
import { expectSchemaFile, serviceUnderTest } from '@muster/testing';

import type { BootstrapDocument } from '../src/domain/bootstrap-document.js';
import { IdentityModule } from '../src/module.js';
import { query } from './query-calls.js';

const scope = { date: '20261124', region: 'us-east-1', service: 'ssm' };

function signingKeyOf(secret: string): Uint8Array {
  return deriveSigningKey(secret, scope, {
    sha256: (data) => createHash('sha256').update(data).digest(),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  });
}

const failsWith = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as Error;

describe('identity', () => {
  const service = serviceUnderTest(IdentityModule);

  const first = (): BootstrapDocument =>
    JSON.parse(readFileSync(service.deployment.env['MUSTER_IDENTITY_BOOTSTRAP_FILE']!, 'utf8')) as BootstrapDocument;
  const administrator = (): Caller => {
    const { account, userName } = first();
    const arn = `arn:aws:iam::${account}:user/${userName}`;
    return { account, region: 'us-east-1', arn, userId: 'AIDA', kind: 'User' };
  };
  const iam = (operation: string, parameters?: Record<string, string>, how?: { invocationId?: string }) =>
    query(service, administrator(), 'iam', operation, parameters, how);
  const signingKey = (accessKeyId: string, sessionToken?: string) =>
    service.rpc(Identity.method.signingKey, { ...scope, accessKeyId, ...(sessionToken && { sessionToken }) });
  const sql = <R extends object>(text: string) => service.running().get(Database).query<R>(text);

  const aUser = async () => {
    const UserName = `user-${randomInt(1e9)}`;
    const created = await iam('CreateUser', { UserName });
    const { account } = first();
    const caller: Caller = {
      account,
      region: 'us-east-1',
      arn: created.one('Arn')!,
      userId: created.one('UserId')!,
      kind: 'User',
    };
    return { UserName, caller };
  };
  const aKey = async (UserName: string) => {
    const created = await iam('CreateAccessKey', { UserName });
    return { id: created.one('AccessKeyId')!, secret: created.one('SecretAccessKey')! };
  };

  /** Resolves with the first revision that is published and greater. */
  const revisionBeyond = (known: bigint) =>
    new Promise<bigint>((resolve) => {
      const subscription = service.nats.subscribe(subjects.identityRevision, {
        callback: (_error, msg) => {
          const { revision } = fromBinary(RevisionSchema, msg.data);
          if (revision <= known) return;
          subscription.unsubscribe();
          resolve(revision);
        },
      });
    });

  it('lies in the schema that is committed', async () => {
    await expectSchemaFile(service.deployment.databaseUrl!, 'identity', new URL('../schema.sql', import.meta.url));
  });

  it('begins with an administrator who may all', async () => {
    const { accessKeyId, secretAccessKey, account } = first();
    const { principal, signingKey: key } = await signingKey(accessKeyId);
    expect(principal).toMatchObject({ account, arn: administrator().arn, kind: Principal_Kind.USER });
    expect(principal!.userId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(Buffer.from(key)).toEqual(Buffer.from(signingKeyOf(secretAccessKey)));
    const { identityPolicies } = await service.rpc(Identity.method.policiesOf, { principalArn: administrator().arn });
    expect(identityPolicies.map(({ document }) => JSON.parse(document) as object)).toEqual([administratorPolicy]);
  });

  it('gives no signing key for unknown keys, nor for a key that comes with a session token', async () => {
    expect((await signingKey('AKIAUNKNOWNUNKNOWN12')).principal).toBeUndefined();
    const withToken = await signingKey(first().accessKeyId, 'a token');
    expect(withToken.principal).toBeUndefined();
    expect(withToken.signingKey).toHaveLength(0);
  });

  it('tells everybody who he is, whatever the policies say', async () => {
    const { caller } = await aUser();
    const answer = await query(service, caller, 'sts', 'GetCallerIdentity');
    expect(answer.one('Arn')).toBe(caller.arn);
    expect(answer.one('UserId')).toBe(caller.userId);
    expect(answer.one('Account')).toBe(caller.account);
    expect(answer.xml).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
  });

  it('makes users and shows them', async () => {
    const UserName = `user-${randomInt(1e9)}`;
    const created = await iam('CreateUser', {
      UserName,
      Path: '/division/',
      'Tags.member.1.Key': 'a',
      'Tags.member.1.Value': 'b',
    });
    expect(created.one('Arn')).toBe(`arn:aws:iam::${first().account}:user/division/${UserName}`);
    const shown = await iam('GetUser', { UserName });
    expect(shown.one('UserId')).toBe(created.one('UserId'));
    expect(shown.one('Path')).toBe('/division/');
    expect((await iam('GetUser')).one('UserName')).toBe(first().userName);
    await expect(iam('CreateUser', { UserName: UserName.toUpperCase() })).rejects.toEqual(
      failsWith('EntityAlreadyExists', { status: 409 }),
    );
    await expect(iam('GetUser', { UserName: 'nobody' })).rejects.toEqual(
      failsWith('NoSuchEntity', { status: 404, message: 'The user with name nobody cannot be found.' }),
    );
  });

  it('makes access keys whose secret signs, and that stop signing when they are switched off or deleted', async () => {
    const { UserName, caller } = await aUser();
    const key = await aKey(UserName);
    expect(Buffer.from((await signingKey(key.id)).signingKey)).toEqual(Buffer.from(signingKeyOf(key.secret)));

    const { revision } = await service.rpc(Identity.method.currentRevision, {});
    const published = revisionBeyond(revision);
    await iam('UpdateAccessKey', { UserName, AccessKeyId: key.id, Status: 'Inactive' });
    expect((await signingKey(key.id)).principal).toBeUndefined();
    expect(await published).toBeGreaterThan(revision);
    expect((await iam('ListAccessKeys', { UserName })).all('Status')).toEqual(['Inactive']);

    await iam('UpdateAccessKey', { UserName, AccessKeyId: key.id, Status: 'Active' });
    expect((await signingKey(key.id)).principal).toMatchObject({ arn: caller.arn });
    await iam('DeleteAccessKey', { UserName, AccessKeyId: key.id });
    expect((await signingKey(key.id)).principal).toBeUndefined();
    await expect(iam('DeleteAccessKey', { UserName, AccessKeyId: key.id })).rejects.toEqual(
      failsWith('NoSuchEntity', { status: 404 }),
    );
  });

  it('lists keys in pages, without their secrets', async () => {
    const { UserName } = await aUser();
    const keys = [await aKey(UserName), await aKey(UserName)];
    const one = await iam('ListAccessKeys', { UserName, MaxItems: '1' });
    expect(one.one('IsTruncated')).toBe('true');
    const two = await iam('ListAccessKeys', { UserName, MaxItems: '1', Marker: one.one('Marker')! });
    expect(two.one('IsTruncated')).toBe('false');
    expect([...one.all('AccessKeyId'), ...two.all('AccessKeyId')].sort()).toEqual(keys.map((key) => key.id).sort());
    expect(one.xml + two.xml).not.toContain('Secret');
  });

  it('gives a user two keys and no more, also when twenty are asked for at once', async () => {
    const { UserName } = await aUser();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => aKey(UserName)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused).toHaveLength(18);
    for (const reason of refused) {
      expect(reason).toEqual(failsWith('LimitExceeded', { message: 'Cannot exceed quota for AccessKeysPerUser: 2' }));
    }
  });

  it('makes one key of a call that is sent twice, and both answers hold its secret', async () => {
    const { UserName } = await aUser();
    const call = () => iam('CreateAccessKey', { UserName }, { invocationId: 'the-same' });
    const [one, two] = await Promise.all([call(), call()]);
    expect(two.one('SecretAccessKey')).toBe(one.one('SecretAccessKey'));
    expect((await iam('ListAccessKeys', { UserName })).all('AccessKeyId')).toEqual([one.one('AccessKeyId')]);
  });

  it('keeps no secret where anybody could read it', async () => {
    const { UserName } = await aUser();
    const created = await iam('CreateAccessKey', { UserName }, { invocationId: 'kept' });
    const secret = created.one('SecretAccessKey')!;
    const tables = await sql<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity'`);
    expect(tables.map((table) => table.name)).toEqual(
      expect.arrayContaining(['access_key', 'outbox', 'answered_call']),
    );
    const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')];
    for (const { name } of tables) {
      const text = (await sql<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`)).map(({ row }) => row).join();
      for (const form of forms) expect(text).not.toContain(form);
    }
  });

  it('binds a secret to its key: moved to another row it does not open', async () => {
    const [mine, other] = [await aKey((await aUser()).UserName), await aKey((await aUser()).UserName)];
    const from = `(SELECT sealed_secret FROM access_key WHERE id = '${other.id}')`;
    await sql(`UPDATE access_key SET sealed_secret = ${from} WHERE id = '${mine.id}'`);
    await expect(signingKey(mine.id)).rejects.toEqual(failsWith('InternalServerError'));
  });

  it('refuses who has no policy, in the words of AWS', async () => {
    const { caller } = await aUser();
    await expect(query(service, caller, 'iam', 'CreateUser', { UserName: 'x' })).rejects.toEqual(
      failsWith('AccessDenied', {
        status: 403,
        message:
          `User: ${caller.arn} is not authorized to perform: iam:CreateUser on resource: ` +
          `arn:aws:iam::${caller.account}:user/x because no identity-based policy allows the iam:CreateUser action`,
      }),
    );
  });

  it('announces what was done to keys and users', async () => {
    const seen: { type: string; data: object }[] = [];
    const types = ['user-created', 'access-key-created', 'access-key-updated', 'access-key-deleted'];
    const all = new Promise<void>((resolve) => {
      const subscription = service.nats.subscribe(`events.${first().account}.us-east-1.identity.*`, {
        callback: (_error, msg) => {
          const event = msg.json<{ type: string; data: { userName: string } }>();
          if (event.data.userName !== UserName) return;
          if (seen.push(event) < types.length) return;
          subscription.unsubscribe();
          resolve();
        },
      });
    });
    const UserName = `user-${randomInt(1e9)}`;
    await iam('CreateUser', { UserName });
    const { id, secret } = await aKey(UserName);
    await iam('UpdateAccessKey', { UserName, AccessKeyId: id, Status: 'Inactive' });
    await iam('DeleteAccessKey', { UserName, AccessKeyId: id });
    await all;
    expect(seen.map((event) => event.type)).toEqual(types.map((type) => `muster.identity.${type}`));
    expect(JSON.stringify(seen)).not.toContain(secret);
  });

  it('says a change by one replica through the other', async () => {
    const other = await startService(IdentityModule, { env: service.deployment.env });
    try {
      const { revision } = await service.rpc(Identity.method.currentRevision, {});
      await aUser();
      expect(await revisionBeyond(revision)).toBeGreaterThan(revision);
      await service.running().close();
      // Only the other one speaks now.
      const { revision: before } = await service.rpc(Identity.method.currentRevision, {});
      const beyond = revisionBeyond(before);
      await aUser();
      expect(await beyond).toBe(before + 1n);
    } finally {
      await service.restart();
      await other.close();
    }
  });

  it('does not start with a root key that is not the one of its database', async () => {
    const MUSTER_IDENTITY_ROOT_KEY_FILE = `${service.deployment.env['MUSTER_IDENTITY_ROOT_KEY_FILE']}.other`;
    writeFileSync(MUSTER_IDENTITY_ROOT_KEY_FILE, LocalRootKey.generate());
    const env = { ...service.deployment.env, MUSTER_IDENTITY_ROOT_KEY_FILE };
    await expect(startService(IdentityModule, { env })).rejects.toThrow(/Bring back the key file/);
  });

  it('does not bring back the first key once it was deleted', async () => {
    const { userName, accessKeyId } = first();
    await iam('DeleteAccessKey', { UserName: userName, AccessKeyId: accessKeyId });
    await service.restart();
    expect((await signingKey(accessKeyId)).principal).toBeUndefined();
    expect((await iam('GetUser', { UserName: userName })).one('UserName')).toBe(userName);
  });
});
