import { createHash, createHmac } from 'node:crypto';

import { deriveSigningKey } from '@muster/aws-protocol';
import { Identity, Principal_Kind, type SigningKeyAnswer } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';

import { IdentityModule } from '../src/module.js';
import { Sessions } from '../src/store/sessions.js';
import { ForgetSessions } from '../src/sweeps/forget-sessions.js';
import { FirstAccount, aName, allowing, failsWith, soon, soonFails, trusting } from './first-account.js';
import { type QueryAnswer, json, query } from './query-calls.js';

const scope = { date: '20261124', region: 'us-east-1', service: 'ssm' };
const AWS = 'arn:aws:iam::aws:policy';

function signingKeyOf(secret: string): Buffer {
  const key = deriveSigningKey(secret, scope, {
    sha256: (data) => createHash('sha256').update(data).digest(),
    hmacSha256: (by, data) => createHmac('sha256', by).update(data).digest(),
  });
  return Buffer.from(key);
}

describe('sts', () => {
  const service = serviceUnderTest(IdentityModule);
  const first = new FirstAccount(service);
  const iam: FirstAccount['iam'] = (...call) => first.iam(...call);
  const sts = (caller: Caller, operation: string, parameters?: Record<string, string>) =>
    query(service, caller, 'sts', operation, parameters);
  const assume = (caller: Caller, RoleArn: string, more: Record<string, string> = {}) =>
    sts(caller, 'AssumeRole', { RoleArn, RoleSessionName: 'session', ...more });
  const sql = <R extends object>(text: string) => service.running().get(Database).query<R>(text);

  const signingKey = (credentials: QueryAnswer, sessionToken = credentials.one('SessionToken')) =>
    service.rpc(Identity.method.signingKey, {
      ...scope,
      accessKeyId: credentials.one('AccessKeyId')!,
      ...(sessionToken !== undefined && { sessionToken }),
    });
  const stateOf = ({ principal, expired }: SigningKeyAnswer) => (principal ? 'good' : expired ? 'expired' : 'unknown');
  /** Who calls with such credentials, as the gateway finds it out. */
  const callerWith = async (credentials: QueryAnswer): Promise<Caller> => {
    const { principal, expiresAtMs } = await signingKey(credentials);
    return {
      account: principal!.account,
      region: 'us-east-1',
      arn: principal!.arn,
      userId: principal!.userId,
      kind: principal!.kind === Principal_Kind.USER ? 'User' : 'AssumedRole',
      accessKeyId: credentials.one('AccessKeyId')!,
      tokenIssuedAt: Number(principal!.tokenIssuedAtMs),
      expiresAt: Number(expiresAtMs),
      ...(principal!.issuerArn !== undefined && { issuerArn: principal!.issuerArn }),
    };
  };
  const policiesWith = (caller: Caller) =>
    service.rpc(Identity.method.policiesOf, { principalArn: caller.arn, sessionKeyId: caller.accessKeyId! });

  /** A user whom a role trusts by name, so that nothing else is needed. */
  const trusted = async (more: Record<string, string> = {}, condition: object = {}) => {
    const user = await first.aUser();
    const role = await first.aRole(more, trusting(user.arn, condition));
    return { user, role };
  };

  describe('AssumeRole', () => {
    it('gives credentials that sign, act as the role, and say who they are', async () => {
      const { user, role } = await trusted({ Path: '/team/' });
      await iam('AttachRolePolicy', { RoleName: role.RoleName, PolicyArn: `${AWS}/IAMReadOnlyAccess` });
      const before = Date.now();
      const given = await assume(user.caller, role.arn);
      const arn = `arn:aws:sts::${first.account}:assumed-role/${role.RoleName}/session`;
      expect(given.one('AccessKeyId')).toMatch(/^ASIA[A-Z2-7]{16}$/);
      expect([given.one('Arn'), given.one('AssumedRoleId')]).toEqual([arn, `${role.id}:session`]);
      const lasts = Date.parse(given.one('Expiration')!) - before;
      expect(lasts / 1000).toBeGreaterThan(3590);
      expect(lasts / 1000).toBeLessThanOrEqual(3601);

      const known = await signingKey(given);
      expect(Buffer.from(known.signingKey)).toEqual(signingKeyOf(given.one('SecretAccessKey')!));
      expect(known.principal).toMatchObject({ arn, issuerArn: role.arn, kind: Principal_Kind.ASSUMED_ROLE });
      expect(Number(known.expiresAtMs)).toBe(Date.parse(given.one('Expiration')!));

      const caller = await callerWith(given);
      expect((await sts(caller, 'GetCallerIdentity')).one('Arn')).toBe(arn);
      expect((await soon(() => iam('GetRole', { RoleName: role.RoleName }, caller))).one('Arn')).toBe(role.arn);
      await expect(iam('DeleteRole', { RoleName: role.RoleName }, caller)).rejects.toEqual(
        failsWith('AccessDenied', { message: expect.stringContaining(`User: ${arn} is not authorized`) }),
      );
      const shown = await iam('GetRole', { RoleName: role.RoleName });
      expect(Date.parse(shown.one('LastUsedDate')!)).toBeGreaterThan(before - 2000);
      expect(
        (await sts(first.administrator, 'GetAccessKeyInfo', { AccessKeyId: given.one('AccessKeyId')! })).one('Account'),
      ).toBe(first.account);
    });

    it('gives nothing that works without its token, or with another', async () => {
      const { user, role } = await trusted();
      const [one, two] = [await assume(user.caller, role.arn), await assume(user.caller, role.arn)];
      const without = await service.rpc(Identity.method.signingKey, { ...scope, accessKeyId: one.one('AccessKeyId')! });
      expect(without.signingKey).toHaveLength(0);
      expect(stateOf(without)).toEqual('unknown');
      expect(stateOf(await signingKey(one, two.one('SessionToken')))).toBe('unknown');
      expect(stateOf(await signingKey(one))).toBe('good');
    });

    it('needs both sides where the role trusts an account', async () => {
      const role = await first.aRole();
      const user = await first.aUser();
      await expect(assume(user.caller, role.arn)).rejects.toEqual(failsWith('AccessDenied', { status: 403 }));
      const PolicyDocument = JSON.stringify(allowing('sts:AssumeRole', role.arn));
      await iam('PutUserPolicy', { UserName: user.UserName, PolicyName: 'assume', PolicyDocument });
      await soon(() => assume(user.caller, role.arn));
      await iam('UpdateAssumeRolePolicy', {
        RoleName: role.RoleName,
        PolicyDocument: JSON.stringify(trusting((await first.aUser()).arn)),
      });
      await expect(assume(user.caller, role.arn)).rejects.toEqual(failsWith('AccessDenied'));
    });

    it('tells of a role that is not there what it tells of one that trusts somebody else', async () => {
      const user = await first.aUser();
      const role = await first.aRole({}, trusting((await first.aUser()).arn));
      const message = async (arn: string) => {
        const failed = await assume(user.caller, arn).catch((error: Error) => error);
        return (failed as Error).message.replaceAll(arn, 'ARN');
      };
      const absent = `arn:aws:iam::${first.account}:role/${aName('absent')}`;
      expect(await message(absent)).toBe(await message(role.arn));
      await expect(assume(first.administrator, absent)).rejects.toEqual(failsWith('AccessDenied'));
      await expect(assume(user.caller, `arn:aws:iam::${first.account}:user/x`)).rejects.toEqual(
        failsWith('ValidationError'),
      );
    });

    it('asks the conditions of the trust policy: external id and name of the session', async () => {
      const { user, role } = await trusted(
        {},
        {
          Condition: {
            StringEquals: { 'sts:ExternalId': 'secret-of-two' },
            StringLike: { 'sts:RoleSessionName': 'ci-*' },
          },
        },
      );
      await expect(assume(user.caller, role.arn)).rejects.toEqual(failsWith('AccessDenied'));
      const RoleSessionName = 'ci-7';
      await expect(assume(user.caller, role.arn, { RoleSessionName, ExternalId: 'other' })).rejects.toEqual(
        failsWith('AccessDenied'),
      );
      await assume(user.caller, role.arn, { RoleSessionName, ExternalId: 'secret-of-two' });
    });

    it('narrows the session to the policies that come along', async () => {
      const { user, role } = await trusted();
      await iam('AttachRolePolicy', { RoleName: role.RoleName, PolicyArn: `${AWS}/IAMFullAccess` });
      const lists = allowing(['iam:ListUsers', 'ssm:*']);
      const given = await assume(user.caller, role.arn, { Policy: JSON.stringify(lists) });
      expect(Number(given.one('PackedPolicySize'))).toBeGreaterThan(0);
      const caller = await callerWith(given);
      await soon(() => iam('ListUsers', {}, caller));
      await expect(iam('ListGroups', {}, caller)).rejects.toEqual(
        failsWith('AccessDenied', { message: expect.stringContaining('session policy') }),
      );
      const managed = await callerWith(
        await assume(user.caller, role.arn, { 'PolicyArns.member.1.arn': `${AWS}/IAMReadOnlyAccess` }),
      );
      await soon(() => iam('ListGroups', {}, managed));
      await expect(iam('CreateGroup', { GroupName: aName('group') }, managed)).rejects.toEqual(
        failsWith('AccessDenied'),
      );
      await expect(assume(user.caller, role.arn, { Policy: '{}' })).rejects.toEqual(
        failsWith('MalformedPolicyDocument'),
      );
      const large = JSON.stringify(allowing(Array.from({ length: 2000 }, (_, i) => `ssm:GetParameter${i}`)));
      await expect(assume(user.caller, role.arn, { Policy: large })).rejects.toEqual(failsWith('PackedPolicyTooLarge'));
      const absent = { 'PolicyArns.member.1.arn': `${AWS}/Absent` };
      await expect(assume(user.caller, role.arn, absent)).rejects.toEqual(failsWith('ValidationError'));
    });

    it('lasts from a quarter of an hour to what the role allows, an hour when it is chained', async () => {
      const { user, role } = await trusted({ MaxSessionDuration: '7200' });
      const seconds = async (DurationSeconds: string, caller = user.caller) => {
        const { expiresAtMs, principal } = await signingKey(await assume(caller, role.arn, { DurationSeconds }));
        return Number(expiresAtMs! - principal!.tokenIssuedAtMs!) / 1000;
      };
      expect(await seconds('900')).toBe(900);
      expect(await seconds('7200')).toBe(7200);
      await expect(seconds('899')).rejects.toEqual(failsWith('ValidationError'));
      await expect(seconds('7201')).rejects.toEqual(
        failsWith('ValidationError', { message: expect.stringContaining('MaxSessionDuration') }),
      );
      const PolicyDocument = JSON.stringify(trusting('*'));
      await iam('UpdateAssumeRolePolicy', { RoleName: role.RoleName, PolicyDocument });
      const chained = await callerWith(await assume(user.caller, role.arn));
      expect(await seconds('3600', chained)).toBe(3600);
      await expect(seconds('3601', chained)).rejects.toEqual(
        failsWith('ValidationError', { message: expect.stringContaining('role chaining') }),
      );
    });

    it('carries tags and source identity, for which the trust policy must give permission, and hands them on', async () => {
      const user = await first.aUser();
      const all = { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] };
      const strict = await first.aRole(
        { 'Tags.member.1.Key': 'Team', 'Tags.member.1.Value': 'none' },
        trusting(user.arn),
      );
      const tags = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'red', 'TransitiveTagKeys.member.1': 'team' };
      await expect(assume(user.caller, strict.arn, tags)).rejects.toEqual(
        failsWith('AccessDenied', { message: expect.stringContaining('sts:TagSession') }),
      );
      await expect(assume(user.caller, strict.arn, { SourceIdentity: 'alice' })).rejects.toEqual(
        failsWith('AccessDenied', { message: expect.stringContaining('sts:SetSourceIdentity') }),
      );
      await iam('UpdateAssumeRolePolicy', {
        RoleName: strict.RoleName,
        PolicyDocument: JSON.stringify(trusting(user.arn, all)),
      });
      const given = await assume(user.caller, strict.arn, { ...tags, SourceIdentity: 'alice' });
      expect(given.one('SourceIdentity')).toBe('alice');
      const caller = await callerWith(given);
      expect((await policiesWith(caller)).principalTags).toEqual({ team: 'red' });

      const next = await first.aRole({}, trusting(strict.arn, all));
      const chained = await assume(caller, next.arn);
      expect(chained.one('SourceIdentity')).toBe('alice');
      expect((await policiesWith(await callerWith(chained))).principalTags).toEqual({ team: 'red' });
      await expect(assume(caller, next.arn, { SourceIdentity: 'bob' })).rejects.toEqual(failsWith('AccessDenied'));
      const other = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'blue' };
      await expect(assume(caller, next.arn, other)).rejects.toEqual(failsWith('ValidationError'));
    });

    it('ends: expired credentials are known as such for a day, then forgotten; a deleted role ends its sessions', async () => {
      const { user, role } = await trusted();
      const [one, two] = [await assume(user.caller, role.arn), await assume(user.caller, role.arn)];
      const caller = await callerWith(one);
      const id = one.one('AccessKeyId')!;
      await sql(`UPDATE session SET expires_at = now() - interval '1 second' WHERE access_key_id = '${id}'`);
      expect(stateOf(await signingKey(one))).toBe('expired');
      expect(stateOf(await signingKey(one, 'another token'))).toBe('unknown');
      expect((await policiesWith(caller)).exists).toBe(false);
      expect((await service.rpc(Identity.method.policiesOf, { principalArn: caller.arn })).exists).toBe(false);

      await sql(`UPDATE session SET expires_at = now() - interval '25 hours' WHERE access_key_id = '${id}'`);
      await service.running().get(ForgetSessions).sweep();
      expect(stateOf(await signingKey(one))).toBe('unknown');
      expect(await service.running().get(Sessions).inheritance(id)).toBeUndefined();

      expect(stateOf(await signingKey(two))).toBe('good');
      await iam('DeleteRole', { RoleName: role.RoleName });
      expect(stateOf(await signingKey(two))).toBe('unknown');
    });

    it('acts with what the role may at this moment', async () => {
      const { user, role } = await trusted();
      const caller = await callerWith(await assume(user.caller, role.arn));
      await expect(iam('ListUsers', {}, caller)).rejects.toEqual(failsWith('AccessDenied'));
      await iam('AttachRolePolicy', { RoleName: role.RoleName, PolicyArn: `${AWS}/IAMReadOnlyAccess` });
      await soon(() => iam('ListUsers', {}, caller));
      // How sessions are revoked: what was issued before now may nothing.
      const PolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + 1000).toISOString() } },
        },
      });
      await iam('PutRolePolicy', { RoleName: role.RoleName, PolicyName: 'revoked', PolicyDocument });
      await soonFails('AccessDenied', () => iam('ListUsers', {}, caller));
    });

    it('leaves neither secret nor token where anybody could read it', async () => {
      const { user, role } = await trusted();
      const given = await assume(user.caller, role.arn);
      const [row] = await sql<{ row: string }>(
        `SELECT s::text AS row FROM session s WHERE access_key_id = '${given.one('AccessKeyId')}'`,
      );
      expect(row!.row).toContain(given.one('AccessKeyId'));
      for (const secret of [given.one('SecretAccessKey')!, given.one('SessionToken')!]) {
        expect(row!.row).not.toContain(secret);
        expect(row!.row).not.toContain(Buffer.from(secret).toString('base64url'));
      }
      const outbox = await sql<{ row: string }>('SELECT o::text AS row FROM outbox o');
      expect(outbox.map((each) => each.row).join()).not.toContain(given.one('SecretAccessKey'));
    });
  });

  describe('GetSessionToken', () => {
    it('gives a user credentials that may what the user may, but nothing in IAM, and no further tokens', async () => {
      const user = await first.aUser();
      const role = await first.aRole({}, trusting(user.arn));
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/AdministratorAccess` });
      const given = await sts(user.caller, 'GetSessionToken');
      const caller = await callerWith(given);
      expect(caller).toMatchObject({ arn: user.arn, kind: 'User', userId: user.caller.userId });
      expect((caller.expiresAt! - caller.tokenIssuedAt!) / 1000).toBe(43_200);
      expect((await sts(caller, 'GetCallerIdentity')).one('Arn')).toBe(user.arn);
      const { sessionPolicies, identityPolicies, userName } = await policiesWith(caller);
      expect(sessionPolicies).toHaveLength(1);
      expect(identityPolicies).toHaveLength(1);
      expect(userName).toBe(user.UserName);
      await expect(iam('ListUsers', {}, caller)).rejects.toEqual(failsWith('AccessDenied'));
      await expect(sts(caller, 'GetSessionToken')).rejects.toEqual(
        failsWith('AccessDenied', { message: 'Cannot call GetSessionToken with session credentials' }),
      );
      await assume(caller, role.arn);
      await expect(sts(user.caller, 'GetSessionToken', { DurationSeconds: '899' })).rejects.toEqual(
        failsWith('ValidationError'),
      );
      await expect(
        sts(user.caller, 'GetSessionToken', { SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' }),
      ).rejects.toEqual(failsWith('AccessDenied'));
    });
  });

  describe('accounts', () => {
    const muster = <O>(caller: Caller, operation: string, input: object) =>
      json<O>(service, caller, 'muster', operation, input);
    interface Created {
      Account: { Id: string; Arn: string; Name: string; Management: boolean };
      UserName: string;
      AccessKeyId: string;
      SecretAccessKey: string;
    }
    const anAccount = async (more: object = {}) => {
      const input = { AccountName: 'second', ...more };
      const created = await muster<Created>(first.administrator, 'CreateAccount', input);
      const arn = `arn:aws:iam::${created.Account.Id}:user/${created.UserName}`;
      return { ...created, id: created.Account.Id, administrator: first.callerOf(arn) };
    };

    it('are made with an administrator, whose secret is shown once', async () => {
      const { id, Account, UserName, AccessKeyId, SecretAccessKey, administrator } = await anAccount();
      expect(Account).toMatchObject({ Name: 'second', Management: false });
      expect(Account.Arn).toBe(`arn:aws:muster::${first.account}:account/${id}`);
      const known = await service.rpc(Identity.method.signingKey, { ...scope, accessKeyId: AccessKeyId });
      expect(known.principal).toMatchObject({ account: id, arn: administrator.arn });
      expect(Buffer.from(known.signingKey)).toEqual(signingKeyOf(SecretAccessKey));
      expect((await iam('ListUsers', {}, administrator)).all('UserName')).toEqual([UserName]);
      const shown = await muster<{ Account: object }>(first.administrator, 'DescribeAccount', { AccountId: id });
      expect(shown.Account).toMatchObject({ Id: id, Name: 'second' });
      expect(JSON.stringify(shown)).not.toContain(SecretAccessKey);
      const ids: string[] = [];
      for (let NextToken: string | undefined = ''; NextToken !== undefined;) {
        const page: { Accounts: { Id: string }[]; NextToken?: string } = await muster(
          first.administrator,
          'ListAccounts',
          { MaxResults: 1, ...(NextToken && { NextToken }) },
        );
        ids.push(...page.Accounts.map((each) => each.Id));
        NextToken = page.NextToken;
      }
      expect(ids).toEqual([...ids].sort());
      expect(ids).toEqual(expect.arrayContaining([id, first.account]));
      await expect(anAccount({ AccountId: id })).rejects.toEqual(failsWith('AccountAlreadyExists'));
    });

    it('are made by nobody but who may in the management account', async () => {
      const { administrator, id } = await anAccount();
      const refused = failsWith('AccessDeniedException');
      await expect(muster(administrator, 'CreateAccount', { AccountName: 'third' })).rejects.toEqual(refused);
      await expect(muster(administrator, 'ListAccounts', {})).rejects.toEqual(refused);
      await expect(muster(administrator, 'DescribeAccount', { AccountId: id })).rejects.toEqual(refused);
      const user = await first.aUser();
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/PowerUserAccess` });
      await soon(() => muster(user.caller, 'ListAccounts', {}));
      await expect(muster(user.caller, 'CreateAccount', { AccountName: 'third' })).rejects.toEqual(refused);
    });

    it('see nothing of each other', async () => {
      const { administrator } = await anAccount();
      const { UserName } = await first.aUser();
      const policy = await first.aPolicy();
      const foreign = failsWith('NoSuchEntity');
      await expect(iam('GetUser', { UserName }, administrator)).rejects.toEqual(foreign);
      await expect(iam('GetPolicy', { PolicyArn: policy.arn }, administrator)).rejects.toEqual(
        failsWith('AccessDenied'),
      );
      await iam('CreateUser', { UserName }, administrator);
      await expect(iam('AttachUserPolicy', { UserName, PolicyArn: policy.arn }, administrator)).rejects.toEqual(
        foreign,
      );
      const listed = await iam('ListPolicies', { Scope: 'Local' }, administrator);
      expect(listed.all('Arn')).toEqual([]);
      // How often AWS's own policies are used is each account's own affair.
      await iam('AttachUserPolicy', { UserName, PolicyArn: `${AWS}/IAMReadOnlyAccess` }, administrator);
      const shown = await iam('GetPolicy', { PolicyArn: `${AWS}/IAMReadOnlyAccess` }, administrator);
      expect(shown.one('AttachmentCount')).toBe('1');
    });

    it('let roles be assumed from another account, where both sides allow it', async () => {
      const { administrator, id } = await anAccount();
      const RoleName = aName('shared');
      const AssumeRolePolicyDocument = JSON.stringify(trusting(`arn:aws:iam::${first.account}:root`));
      await iam('CreateRole', { RoleName, AssumeRolePolicyDocument }, administrator);
      await iam('AttachRolePolicy', { RoleName, PolicyArn: `${AWS}/IAMReadOnlyAccess` }, administrator);
      const arn = `arn:aws:iam::${id}:role/${RoleName}`;
      const user = await first.aUser();
      await expect(assume(user.caller, arn)).rejects.toEqual(failsWith('AccessDenied'));
      const PolicyDocument = JSON.stringify(allowing('sts:AssumeRole', arn));
      await iam('PutUserPolicy', { UserName: user.UserName, PolicyName: 'cross', PolicyDocument });
      const caller = await callerWith(await soon(() => assume(user.caller, arn)));
      expect(caller).toMatchObject({ account: id, arn: `arn:aws:sts::${id}:assumed-role/${RoleName}/session` });
      const seen = await soon(() => iam('ListUsers', {}, caller));
      expect(seen.all('UserName')).toEqual(['administrator']);
      // The other way round nobody said anything.
      await expect(assume(administrator, (await first.aRole()).arn)).rejects.toEqual(failsWith('AccessDenied'));
    });
  });
});
