import { create, toBinary } from '@bufbuild/protobuf';
import { Identity, KeyUsedSchema, subjects } from '@muster/contracts';
import { serviceUnderTest } from '@muster/testing';

import { awsManagedPolicies } from '../src/domain/aws-managed-policies.js';
import { encodedDocument } from '../src/domain/policy-text.js';
import { IdentityModule } from '../src/module.js';
import { FirstAccount, aName, allowing, failsWith, soon, soonFails, trusting } from './first-account.js';

describe('iam', () => {
  const service = serviceUnderTest(IdentityModule);
  const first = new FirstAccount(service);
  const iam: FirstAccount['iam'] = (...call) => first.iam(...call);
  const policiesOf = (principalArn: string) => service.rpc(Identity.method.policiesOf, { principalArn });
  const namesOf = async (arn: string) => (await policiesOf(arn)).identityPolicies.map(({ name }) => name);
  const AWS = 'arn:aws:iam::aws:policy';

  describe('a managed policy', () => {
    it('speaks about whom it is attached to, users through their groups too', async () => {
      const user = await first.aUser();
      const group = await first.aGroup();
      const policy = await first.aPolicy(allowing('ssm:GetParameter'));
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/ReadOnlyAccess` });
      await iam('AttachGroupPolicy', { GroupName: group.GroupName, PolicyArn: policy.arn });
      expect(await namesOf(user.arn)).toEqual([`${AWS}/ReadOnlyAccess`]);

      await iam('AddUserToGroup', { GroupName: group.GroupName, UserName: user.UserName });
      expect((await namesOf(user.arn)).sort()).toEqual([policy.arn, `${AWS}/ReadOnlyAccess`].sort());
      const { identityPolicies } = await policiesOf(user.arn);
      const document = identityPolicies.find(({ name }) => name === policy.arn)!.document;
      expect(JSON.parse(document)).toEqual(allowing('ssm:GetParameter'));

      await iam('RemoveUserFromGroup', { GroupName: group.GroupName, UserName: user.UserName });
      await iam('DetachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/ReadOnlyAccess` });
      expect(await namesOf(user.arn)).toEqual([]);
    });

    it('decides: who has it may, until it is detached', async () => {
      const user = await first.aUser();
      const policy = await first.aPolicy(allowing('iam:ListUsers'));
      const list = () => iam('ListUsers', {}, user.caller);
      await expect(list()).rejects.toEqual(failsWith('AccessDenied'));
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: policy.arn });
      expect((await soon(list)).all('UserName')).toContain(user.UserName);
      await iam('DetachUserPolicy', { UserName: user.UserName, PolicyArn: policy.arn });
      await soonFails('AccessDenied', list);
    });

    it('has versions, five at most, of which one counts', async () => {
      const user = await first.aUser();
      const { arn: PolicyArn } = await first.aPolicy(allowing('ssm:One'));
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn });
      const counts = async () => (await policiesOf(user.arn)).identityPolicies[0]!.document;

      const PolicyDocument = JSON.stringify(allowing('ssm:Two'));
      const second = await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument });
      expect(second.one('VersionId')).toBe('v2');
      expect(await counts()).toContain('ssm:One');
      await iam('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' });
      expect(await counts()).toContain('ssm:Two');
      await iam('CreatePolicyVersion', {
        PolicyArn,
        PolicyDocument: JSON.stringify(allowing('ssm:Three')),
        SetAsDefault: 'true',
      });
      expect(await counts()).toContain('ssm:Three');
      expect((await iam('GetPolicy', { PolicyArn })).one('DefaultVersionId')).toBe('v3');

      await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument });
      await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument });
      const sixth = iam('CreatePolicyVersion', { PolicyArn, PolicyDocument });
      await expect(sixth).rejects.toEqual(failsWith('LimitExceeded', { message: expect.stringContaining('up to 5') }));
      await expect(iam('DeletePolicyVersion', { PolicyArn, VersionId: 'v3' })).rejects.toEqual(
        failsWith('DeleteConflict', { message: 'Cannot delete the default version of a policy.' }),
      );
      await iam('DeletePolicyVersion', { PolicyArn, VersionId: 'v4' });
      // Numbers are not used again.
      expect((await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument })).one('VersionId')).toBe('v6');
      expect((await iam('ListPolicyVersions', { PolicyArn })).all('VersionId')).toEqual(['v6', 'v5', 'v3', 'v2', 'v1']);
      await expect(iam('GetPolicyVersion', { PolicyArn, VersionId: 'v4' })).rejects.toEqual(failsWith('NoSuchEntity'));
      const shown = await iam('GetPolicyVersion', { PolicyArn, VersionId: 'v2' });
      expect(JSON.parse(decodeURIComponent(shown.one('Document')!))).toEqual(allowing('ssm:Two'));
      expect(shown.one('IsDefaultVersion')).toBe('false');
    });

    it('is refused malformed, twice, or too large', async () => {
      const create = (PolicyDocument: string, PolicyName = aName('policy')) =>
        iam('CreatePolicy', { PolicyName, PolicyDocument });
      await expect(create('{}')).rejects.toEqual(failsWith('MalformedPolicyDocument', { status: 400 }));
      await expect(create(JSON.stringify(trusting('*')))).rejects.toEqual(failsWith('MalformedPolicyDocument'));
      const { PolicyName } = await first.aPolicy();
      await expect(create(JSON.stringify(allowing('ssm:*')), PolicyName.toUpperCase())).rejects.toEqual(
        failsWith('EntityAlreadyExists', {
          status: 409,
          message: `A policy called ${PolicyName.toUpperCase()} already exists. Duplicate names are not allowed.`,
        }),
      );
      const large = JSON.stringify(allowing(Array.from({ length: 400 }, (_, i) => `ssm:GetParameter${i}`)));
      await expect(create(large)).rejects.toEqual(
        failsWith('LimitExceeded', { message: 'Cannot exceed quota for PolicySize: 6144' }),
      );
      const airy = JSON.stringify(allowing('ssm:*')).replace('{', `{${' '.repeat(7000)}`);
      expect((await create(airy)).one('DefaultVersionId')).toBe('v1');
    });

    it('is not deleted while it is attached, bounds somebody, or has other versions', async () => {
      const user = await first.aUser();
      const { arn: PolicyArn } = await first.aPolicy();
      const gone = () => iam('DeletePolicy', { PolicyArn });
      const attached = failsWith('DeleteConflict', { message: 'Cannot delete a policy attached to entities.' });
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn });
      await expect(gone()).rejects.toEqual(attached);
      await iam('DetachUserPolicy', { UserName: user.UserName, PolicyArn });
      await iam('PutUserPermissionsBoundary', { UserName: user.UserName, PermissionsBoundary: PolicyArn });
      await expect(gone()).rejects.toEqual(attached);
      await iam('DeleteUserPermissionsBoundary', { UserName: user.UserName });
      await iam('CreatePolicyVersion', { PolicyArn, PolicyDocument: JSON.stringify(allowing('ssm:Two')) });
      await expect(gone()).rejects.toEqual(
        failsWith('DeleteConflict', { message: expect.stringMatching(/^This policy has more than one version/) }),
      );
      await iam('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
      await gone();
      await expect(gone()).rejects.toEqual(
        failsWith('NoSuchEntity', { status: 404, message: `Policy ${PolicyArn} was not found.` }),
      );
      await expect(iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn })).rejects.toEqual(
        failsWith('NoSuchEntity', { message: `Policy ${PolicyArn} does not exist or is not attachable.` }),
      );
    });

    it('of AWS is there in every account, and nobody changes it', async () => {
      const listed = await iam('ListPolicies', { Scope: 'AWS', MaxItems: '1000' });
      expect(listed.all('PolicyName').sort()).toEqual(awsManagedPolicies.map(({ name }) => name).sort());
      const PolicyArn = `${AWS}/AmazonSSMReadOnlyAccess`;
      const change = iam('CreatePolicyVersion', { PolicyArn, PolicyDocument: JSON.stringify(allowing('ssm:*')) });
      await expect(change).rejects.toEqual(failsWith('AccessDenied', { status: 403 }));
      await expect(iam('DeletePolicy', { PolicyArn })).rejects.toEqual(failsWith('AccessDenied'));
    });

    it('says who has it, in pages', async () => {
      const policy = await first.aPolicy();
      const users = [await first.aUser(), await first.aUser()];
      const group = await first.aGroup();
      const role = await first.aRole();
      for (const { UserName } of users) await iam('AttachUserPolicy', { UserName, PolicyArn: policy.arn });
      await iam('AttachGroupPolicy', { GroupName: group.GroupName, PolicyArn: policy.arn });
      await iam('PutRolePermissionsBoundary', { RoleName: role.RoleName, PermissionsBoundary: policy.arn });

      const ask = (more: Record<string, string> = {}) =>
        iam('ListEntitiesForPolicy', { PolicyArn: policy.arn, MaxItems: '2', ...more });
      const one = await ask();
      const two = await ask({ Marker: one.one('Marker')! });
      expect(two.one('IsTruncated')).toBe('false');
      expect([...one.all('UserName'), ...two.all('UserName')].sort()).toEqual(users.map((u) => u.UserName).sort());
      expect([...one.all('GroupName'), ...two.all('GroupName')]).toEqual([group.GroupName]);
      expect([...one.all('RoleName'), ...two.all('RoleName')]).toEqual([role.RoleName]);
      const bounded = await ask({ PolicyUsageFilter: 'PermissionsBoundary' });
      expect([bounded.all('RoleName'), bounded.all('UserName')]).toEqual([[role.RoleName], []]);
      expect((await ask({ EntityFilter: 'Group' })).all('GroupName')).toEqual([group.GroupName]);

      const shown = await iam('GetPolicy', { PolicyArn: policy.arn });
      expect([shown.one('AttachmentCount'), shown.one('PermissionsBoundaryUsageCount')]).toEqual(['3', '1']);
      const attached = await iam('ListPolicies', { Scope: 'Local', OnlyAttached: 'true', MaxItems: '1000' });
      expect(attached.all('Arn')).toContain(policy.arn);
      await expect(iam('ListPolicies', { Marker: one.one('Marker')! })).rejects.toEqual(failsWith('ValidationError'));
    });

    it('is attached to at most ten', async () => {
      const { UserName } = await first.aUser();
      const policies = await Promise.all(Array.from({ length: 11 }, () => first.aPolicy()));
      const outcomes = await Promise.allSettled(
        policies.map(({ arn }) => iam('AttachUserPolicy', { UserName, PolicyArn: arn })),
      );
      const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      expect(refused).toEqual([
        failsWith('LimitExceeded', { status: 409, message: 'Cannot exceed quota for PoliciesPerUser: 10' }),
      ]);
      const listed = await iam('ListAttachedUserPolicies', { UserName, MaxItems: '4' });
      expect(listed.all('PolicyName')).toHaveLength(4);
      expect(listed.one('IsTruncated')).toBe('true');
    });
  });

  describe.each([
    ['User', () => first.aUser().then(({ UserName, arn }) => ({ name: UserName, arn }))],
    ['Role', () => first.aRole().then(({ RoleName, arn }) => ({ name: RoleName, arn }))],
    ['Group', () => first.aGroup().then(({ GroupName, arn }) => ({ name: GroupName, arn }))],
  ] as const)('inline policies of a %s', (kind, make) => {
    it('are written, shown, listed and deleted', async () => {
      const { name } = await make();
      const who = { [`${kind}Name`]: name };
      const document = allowing('ssm:*', "arn:aws:ssm:us-east-1:*:parameter/it's (mine)");
      await iam(`Put${kind}Policy`, { ...who, PolicyName: 'a', PolicyDocument: JSON.stringify(allowing('ssm:Old')) });
      await iam(`Put${kind}Policy`, { ...who, PolicyName: 'a', PolicyDocument: JSON.stringify(document) });
      await iam(`Put${kind}Policy`, { ...who, PolicyName: 'b', PolicyDocument: JSON.stringify(allowing('ssm:B')) });
      const shown = await iam(`Get${kind}Policy`, { ...who, PolicyName: 'a' });
      expect(shown.one(`${kind}Name`)).toBe(name);
      expect(shown.one('PolicyDocument')).not.toMatch(/[()' ]/);
      expect(JSON.parse(decodeURIComponent(shown.one('PolicyDocument')!))).toEqual(document);
      expect((await iam(`List${kind}Policies`, who)).all('member')).toEqual(['a', 'b']);
      expect((await iam(`List${kind}Policies`, { ...who, MaxItems: '1' })).one('IsTruncated')).toBe('true');
      await iam(`Delete${kind}Policy`, { ...who, PolicyName: 'a' });
      const missing = failsWith('NoSuchEntity', {
        message: `The ${kind.toLowerCase()} policy with name a cannot be found.`,
      });
      await expect(iam(`Get${kind}Policy`, { ...who, PolicyName: 'a' })).rejects.toEqual(missing);
      await expect(iam(`Delete${kind}Policy`, { ...who, PolicyName: 'a' })).rejects.toEqual(missing);
      await expect(iam(`Put${kind}Policy`, { ...who, PolicyName: 'c', PolicyDocument: '[]' })).rejects.toEqual(
        failsWith('MalformedPolicyDocument'),
      );
    });

    it('are together no larger than AWS lets them be', async () => {
      const { name } = await make();
      const limit = { User: 2048, Role: 10240, Group: 5120 }[kind];
      const half = JSON.stringify(allowing(`ssm:${'a'.repeat(limit / 2)}`));
      const put = (PolicyName: string) =>
        iam(`Put${kind}Policy`, { [`${kind}Name`]: name, PolicyName, PolicyDocument: half });
      await put('a');
      await put('a');
      await expect(put('b')).rejects.toEqual(
        failsWith('LimitExceeded', {
          message: `Maximum policy size of ${limit} bytes exceeded for ${kind.toLowerCase()} ${name}`,
        }),
      );
    });
  });

  it('inline policies decide, under the name of whose they are', async () => {
    const user = await first.aUser();
    const group = await first.aGroup();
    await iam('AddUserToGroup', { GroupName: group.GroupName, UserName: user.UserName });
    const PolicyDocument = JSON.stringify(allowing('iam:ListGroups'));
    await iam('PutGroupPolicy', { GroupName: group.GroupName, PolicyName: 'lists', PolicyDocument });
    expect(await namesOf(user.arn)).toEqual([`inline policy lists of group/${group.GroupName}`]);
    const listed = await soon(() => iam('ListGroups', { MaxItems: '1000' }, user.caller));
    expect(listed.all('GroupName')).toContain(group.GroupName);
    await expect(iam('ListUsers', {}, user.caller)).rejects.toEqual(failsWith('AccessDenied'));
  });

  describe('a permissions boundary', () => {
    it('narrows what a user may', async () => {
      const boundary = await first.aPolicy(allowing('iam:ListUsers'));
      const user = await first.aUser({ PermissionsBoundary: boundary.arn });
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/IAMFullAccess` });
      expect((await iam('GetUser', { UserName: user.UserName })).one('PermissionsBoundaryArn')).toBe(boundary.arn);
      expect((await policiesOf(user.arn)).permissionsBoundary).toMatchObject({ name: boundary.arn });
      await soon(() => iam('ListUsers', {}, user.caller));
      await expect(iam('ListGroups', {}, user.caller)).rejects.toEqual(
        failsWith('AccessDenied', { message: expect.stringContaining('permissions boundary') }),
      );
      await iam('DeleteUserPermissionsBoundary', { UserName: user.UserName });
      await soon(() => iam('ListGroups', {}, user.caller));
    });

    it('is not got around by the tags of a new user, role or policy, which only who may tag gives', async () => {
      const maker = await first.aUser();
      await iam('PutUserPolicy', {
        UserName: maker.UserName,
        PolicyName: 'makes',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'iam:Create*', Resource: '*' },
        }),
      });
      await soon(() => iam('CreateUser', { UserName: aName('made') }, maker.caller));
      const tag = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'admin' };
      const document = JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' },
      });
      const trust = JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: maker.arn } },
      });
      const made = [
        ['CreateUser', { UserName: aName('made') }, 'iam:TagUser'],
        ['CreateRole', { RoleName: aName('made'), AssumeRolePolicyDocument: trust }, 'iam:TagRole'],
        ['CreatePolicy', { PolicyName: aName('made'), PolicyDocument: document }, 'iam:TagPolicy'],
      ] as const;
      for (const [operation, input, action] of made) {
        await expect(iam(operation, { ...input, ...tag }, maker.caller)).rejects.toEqual(
          failsWith('AccessDenied', { message: expect.stringContaining(action) as string }),
        );
      }
    });

    it('can be demanded of whoever makes users', async () => {
      const boundary = await first.aPolicy();
      const delegate = await first.aUser();
      const PolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['iam:CreateUser', 'iam:AttachUserPolicy'],
          Resource: '*',
          Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary.arn } },
        },
      });
      await iam('PutUserPolicy', { UserName: delegate.UserName, PolicyName: 'delegated', PolicyDocument });
      const UserName = aName('made');
      const make = (more: object = {}) => iam('CreateUser', { UserName, ...more }, delegate.caller);
      await expect(make()).rejects.toEqual(failsWith('AccessDenied'));
      await expect(make({ PermissionsBoundary: `${AWS}/AdministratorAccess` })).rejects.toEqual(
        failsWith('AccessDenied'),
      );
      await soon(() => make({ PermissionsBoundary: boundary.arn }));
      // And then of all that is done to the user.
      const attach = (to: string) =>
        iam('AttachUserPolicy', { UserName: to, PolicyArn: `${AWS}/ReadOnlyAccess` }, delegate.caller);
      await soon(() => attach(UserName));
      await expect(attach((await first.aUser()).UserName)).rejects.toEqual(failsWith('AccessDenied'));
    });
  });

  describe('users', () => {
    it('are listed by path, in pages, in the order of their names', async () => {
      const Path = `/${aName('team')}/`;
      const made = [await first.aUser({ Path }), await first.aUser({ Path }), await first.aUser({ Path })];
      const seen: string[] = [];
      for (let marker: string | undefined = ''; marker !== undefined;) {
        const page = await iam('ListUsers', { PathPrefix: Path, MaxItems: '2', ...(marker && { Marker: marker }) });
        seen.push(...page.all('UserName'));
        marker = page.one('Marker');
      }
      expect(seen).toEqual(made.map(({ UserName }) => UserName).sort());
    });

    it('keep id, keys and policies under another name, and act under the new ARN only', async () => {
      const user = await first.aUser();
      await iam('AttachUserPolicy', { UserName: user.UserName, PolicyArn: `${AWS}/IAMReadOnlyAccess` });
      const key = await iam('CreateAccessKey', { UserName: user.UserName });
      const NewUserName = aName('renamed');
      await iam('UpdateUser', { UserName: user.UserName, NewUserName, NewPath: '/moved/' });
      const shown = await iam('GetUser', { UserName: NewUserName });
      expect(shown.one('UserId')).toBe(user.caller.userId);
      expect(shown.one('Arn')).toBe(`arn:aws:iam::${first.account}:user/moved/${NewUserName}`);
      expect((await policiesOf(user.arn)).exists).toBe(false);
      expect(await namesOf(shown.one('Arn')!)).toEqual([`${AWS}/IAMReadOnlyAccess`]);
      const { principal } = await service.rpc(Identity.method.signingKey, {
        accessKeyId: key.one('AccessKeyId')!,
        date: '20261124',
        region: 'us-east-1',
        service: 'ssm',
      });
      expect(principal!.arn).toBe(shown.one('Arn'));
      await expect(iam('GetUser', { UserName: user.UserName })).rejects.toEqual(failsWith('NoSuchEntity'));
      const other = await first.aUser();
      await expect(iam('UpdateUser', { UserName: other.UserName, NewUserName })).rejects.toEqual(
        failsWith('EntityAlreadyExists', { message: `User with name ${NewUserName} already exists.` }),
      );
    });

    it('are not deleted while they have something', async () => {
      const { UserName } = await first.aUser();
      const { GroupName } = await first.aGroup();
      await iam('AddUserToGroup', { GroupName, UserName });
      const key = await iam('CreateAccessKey', { UserName });
      await iam('AttachUserPolicy', { UserName, PolicyArn: `${AWS}/ReadOnlyAccess` });
      await iam('PutUserPolicy', { UserName, PolicyName: 'a', PolicyDocument: JSON.stringify(allowing('ssm:*')) });
      const conflicts: string[] = [];
      const undo = [
        () => iam('RemoveUserFromGroup', { GroupName, UserName }),
        () => iam('DeleteAccessKey', { UserName, AccessKeyId: key.one('AccessKeyId')! }),
        () => iam('DetachUserPolicy', { UserName, PolicyArn: `${AWS}/ReadOnlyAccess` }),
        () => iam('DeleteUserPolicy', { UserName, PolicyName: 'a' }),
      ];
      for (const each of undo) {
        await iam('DeleteUser', { UserName }).catch((error: Error) => conflicts.push(error.message));
        await each();
      }
      expect(conflicts).toEqual(
        [
          'DeleteConflict: Cannot delete entity, must remove users from group first.',
          'DeleteConflict: Cannot delete entity, must delete access keys first.',
          'DeleteConflict: Cannot delete entity, must detach all policies first.',
          'DeleteConflict: Cannot delete entity, must delete policies first.',
        ].map((text) => text.slice('DeleteConflict: '.length)),
      );
      await iam('DeleteUser', { UserName });
      await expect(iam('DeleteUser', { UserName })).rejects.toEqual(failsWith('NoSuchEntity'));
    });

    it('have tags, whose keys are the same in upper and lower case, and which policies can ask for', async () => {
      const user = await first.aUser({ 'Tags.member.1.Key': 'Team', 'Tags.member.1.Value': 'red' });
      const { UserName } = user;
      await iam('TagUser', { UserName, 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'blue' });
      await iam('TagUser', { UserName, 'Tags.member.1.Key': 'stage', 'Tags.member.1.Value': 'prod' });
      const listed = await iam('ListUserTags', { UserName });
      expect([listed.all('Key'), listed.all('Value')]).toEqual([
        ['stage', 'team'],
        ['prod', 'blue'],
      ]);
      expect((await policiesOf(user.arn)).principalTags).toEqual({ team: 'blue', stage: 'prod' });
      await iam('UntagUser', { UserName, 'TagKeys.member.1': 'stage' });
      expect((await iam('ListUserTags', { UserName })).all('Key')).toEqual(['team']);

      const keeper = await first.aUser();
      const PolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'iam:DeleteUser',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
        },
      });
      await iam('PutUserPolicy', { UserName: keeper.UserName, PolicyName: 'blue', PolicyDocument });
      const { UserName: untagged } = await first.aUser();
      await expect(iam('DeleteUser', { UserName: untagged }, keeper.caller)).rejects.toEqual(failsWith('AccessDenied'));
      await soon(() => iam('DeleteUser', { UserName }, keeper.caller));
    });
  });

  describe('groups', () => {
    it('have members, are renamed, and are not deleted while they have any', async () => {
      const { GroupName, arn } = await first.aGroup();
      const user = await first.aUser();
      await iam('AddUserToGroup', { GroupName, UserName: user.UserName });
      await iam('AddUserToGroup', { GroupName, UserName: user.UserName });
      const shown = await iam('GetGroup', { GroupName });
      expect([shown.one('Arn'), shown.all('UserName')]).toEqual([arn, [user.UserName]]);
      expect((await iam('ListGroupsForUser', { UserName: user.UserName })).all('GroupName')).toEqual([GroupName]);
      const NewGroupName = aName('renamed');
      await iam('UpdateGroup', { GroupName, NewGroupName });
      expect((await iam('ListGroupsForUser', { UserName: user.UserName })).all('GroupName')).toEqual([NewGroupName]);
      await expect(iam('DeleteGroup', { GroupName: NewGroupName })).rejects.toEqual(failsWith('DeleteConflict'));
      await iam('RemoveUserFromGroup', { GroupName: NewGroupName, UserName: user.UserName });
      await expect(iam('RemoveUserFromGroup', { GroupName: NewGroupName, UserName: user.UserName })).rejects.toEqual(
        failsWith('NoSuchEntity'),
      );
      await iam('DeleteGroup', { GroupName: NewGroupName });
      await expect(iam('AddUserToGroup', { GroupName: NewGroupName, UserName: user.UserName })).rejects.toEqual(
        failsWith('NoSuchEntity', { message: `The group with name ${NewGroupName} cannot be found.` }),
      );
      await expect(
        iam('AddUserToGroup', { GroupName: (await first.aGroup()).GroupName, UserName: 'nobody' }),
      ).rejects.toEqual(failsWith('NoSuchEntity', { message: 'The user with name nobody cannot be found.' }));
    });

    it('take a user into ten of them and no more', async () => {
      const { UserName } = await first.aUser();
      for (let i = 0; i < 10; i++) await iam('AddUserToGroup', { ...(await first.aGroup()), UserName });
      await expect(iam('AddUserToGroup', { ...(await first.aGroup()), UserName })).rejects.toEqual(
        failsWith('LimitExceeded', { message: 'Cannot exceed quota for GroupsPerUser: 10' }),
      );
    });
  });

  describe('roles', () => {
    it('are made, shown, changed and deleted', async () => {
      const { RoleName, arn, id } = await first.aRole({
        Path: '/service/',
        Description: 'reads',
        MaxSessionDuration: '7200',
        'Tags.member.1.Key': 'a',
        'Tags.member.1.Value': 'b',
      });
      expect(id).toMatch(/^AROA[A-Z2-7]{17}$/);
      const shown = await iam('GetRole', { RoleName });
      expect(shown.one('Arn')).toBe(`arn:aws:iam::${first.account}:role/service/${RoleName}`);
      expect([shown.one('Description'), shown.one('MaxSessionDuration')]).toEqual(['reads', '7200']);
      const trust = JSON.parse(decodeURIComponent(shown.one('AssumeRolePolicyDocument')!)) as object;
      expect(trust).toEqual(trusting(`arn:aws:iam::${first.account}:root`));

      const PolicyDocument = JSON.stringify(trusting('123123123123'));
      await iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
      await iam('UpdateRole', { RoleName, Description: 'writes', MaxSessionDuration: '3600' });
      const changed = await iam('GetRole', { RoleName });
      expect(decodeURIComponent(changed.one('AssumeRolePolicyDocument')!)).toBe(PolicyDocument);
      expect([changed.one('Description'), changed.one('MaxSessionDuration')]).toEqual(['writes', '3600']);
      const described = await iam('UpdateRoleDescription', { RoleName, Description: 'both' });
      expect(described.one('Description')).toBe('both');

      expect((await iam('ListRoles', { PathPrefix: '/service/', MaxItems: '1000' })).all('Arn')).toContain(arn);
      expect((await iam('ListRoleTags', { RoleName })).all('Value')).toEqual(['b']);
      expect((await iam('ListInstanceProfilesForRole', { RoleName })).all('member')).toEqual([]);
      await iam('AttachRolePolicy', { RoleName, PolicyArn: `${AWS}/ReadOnlyAccess` });
      expect((await iam('ListAttachedRolePolicies', { RoleName })).all('PolicyName')).toEqual(['ReadOnlyAccess']);
      await expect(iam('DeleteRole', { RoleName })).rejects.toEqual(
        failsWith('DeleteConflict', { message: 'Cannot delete entity, must detach all policies first.' }),
      );
      await iam('DetachRolePolicy', { RoleName, PolicyArn: `${AWS}/ReadOnlyAccess` });
      await expect(iam('DetachRolePolicy', { RoleName, PolicyArn: `${AWS}/ReadOnlyAccess` })).rejects.toEqual(
        failsWith('NoSuchEntity', { message: `Policy ${AWS}/ReadOnlyAccess was not found.` }),
      );
      await iam('DeleteRole', { RoleName });
      await expect(iam('GetRole', { RoleName })).rejects.toEqual(
        failsWith('NoSuchEntity', { message: `The role with name ${RoleName} cannot be found.` }),
      );
    });

    it('are refused without a trust policy that could be decided with', async () => {
      const create = (AssumeRolePolicyDocument: string) =>
        iam('CreateRole', { RoleName: aName('role'), AssumeRolePolicyDocument });
      await expect(create(JSON.stringify(allowing('sts:AssumeRole')))).rejects.toEqual(
        failsWith('MalformedPolicyDocument'),
      );
      const many = trusting('123123123123', { Condition: { StringEquals: { 'sts:ExternalId': 'x'.repeat(2048) } } });
      await expect(create(JSON.stringify(many))).rejects.toEqual(
        failsWith('LimitExceeded', { message: 'Cannot exceed quota for ACLSizePerRole: 2048' }),
      );
    });
  });

  describe('a simulation', () => {
    const ask = async (PolicySourceArn: string, more: Record<string, string> = {}, caller = first.administrator) => {
      const answer = await iam('SimulatePrincipalPolicy', { PolicySourceArn, ...more }, caller);
      return answer.all('EvalDecision');
    };

    it('says what a user may, through groups and within its boundary, without anybody trying it', async () => {
      const user = await first.aUser();
      const group = await first.aGroup();
      await iam('AddUserToGroup', { ...group, UserName: user.UserName });
      await iam('AttachGroupPolicy', { ...group, PolicyArn: `${AWS}/AmazonSSMReadOnlyAccess` });
      const actions = { 'ActionNames.member.1': 'ssm:GetParameter', 'ActionNames.member.2': 'ssm:PutParameter' };
      expect(await ask(user.arn, actions)).toEqual(['allowed', 'implicitDeny']);
      expect(await ask(group.arn, actions)).toEqual(['allowed', 'implicitDeny']);
      const draft = JSON.stringify(allowing('ssm:PutParameter'));
      expect(await ask(user.arn, { ...actions, 'PolicyInputList.member.1': draft })).toEqual(['allowed', 'allowed']);
      const bounded = { ...actions, 'PermissionsBoundaryPolicyInputList.member.1': JSON.stringify(allowing('iam:*')) };
      expect(await ask(user.arn, bounded)).toEqual(['implicitDeny', 'implicitDeny']);
      await expect(ask(user.arn, { ...actions, 'PolicyInputList.member.1': '{}' })).rejects.toEqual(
        failsWith('InvalidInput'),
      );
      await expect(ask(`${user.arn}x`, actions)).rejects.toEqual(failsWith('NoSuchEntity'));
      await expect(ask(first.administrator.arn, actions, user.caller)).rejects.toEqual(failsWith('AccessDenied'));
    });

    it('of drafts alone, with conditions of the request, in pages', async () => {
      const draft = {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'ssm:*',
          Resource: '*',
          Condition: { Bool: { 'ssm:Overwrite': 'true' } },
        },
      };
      const input = {
        'PolicyInputList.member.1': JSON.stringify(draft),
        'ActionNames.member.1': 'ssm:PutParameter',
        'ActionNames.member.2': 'iam:CreateUser',
      };
      const without = await iam('SimulateCustomPolicy', input);
      expect(without.all('EvalDecision')).toEqual(['implicitDeny', 'implicitDeny']);
      expect(without.xml).toContain('<MissingContextValues><member>ssm:Overwrite</member></MissingContextValues>');
      const given = {
        ...input,
        'ContextEntries.member.1.ContextKeyName': 'ssm:Overwrite',
        'ContextEntries.member.1.ContextKeyType': 'boolean',
        'ContextEntries.member.1.ContextKeyValues.member.1': 'true',
        MaxItems: '1',
      };
      const one = await iam('SimulateCustomPolicy', given);
      expect(one.all('EvalDecision')).toEqual(['allowed']);
      expect(one.one('SourcePolicyId')).toBe('PolicyInputList.1');
      const two = await iam('SimulateCustomPolicy', { ...given, Marker: one.one('Marker')! });
      expect([two.all('EvalActionName'), two.one('IsTruncated')]).toEqual([['iam:CreateUser'], 'false']);
    });
  });

  it('shows an account as a whole, in pages, and counts what is there', async () => {
    const user = await first.aUser();
    const group = await first.aGroup();
    const role = await first.aRole();
    const policy = await first.aPolicy(allowing('ssm:One'));
    await iam('AddUserToGroup', { ...group, UserName: user.UserName });
    await iam('AttachRolePolicy', { RoleName: role.RoleName, PolicyArn: policy.arn });
    const PolicyDocument = JSON.stringify(allowing('ssm:Two'));
    await iam('PutUserPolicy', { UserName: user.UserName, PolicyName: 'own', PolicyDocument });
    let [xml, pages] = ['', 0];
    for (let marker: string | undefined = ''; marker !== undefined; pages++) {
      const page = await iam('GetAccountAuthorizationDetails', { MaxItems: '50', ...(marker && { Marker: marker }) });
      xml += page.xml;
      marker = page.one('Marker');
    }
    expect(pages).toBeGreaterThan(1);
    for (const arn of [user.arn, group.arn, role.arn, policy.arn, `${AWS}/ReadOnlyAccess`]) {
      expect(xml.split(`<Arn>${arn}</Arn>`)).toHaveLength(2);
    }
    const own = `<PolicyDocument>${encodedDocument(PolicyDocument)}</PolicyDocument><PolicyName>own</PolicyName>`;
    // The text is long: only whether it holds these.
    for (const part of [own, `<GroupList><member>${group.GroupName}</member></GroupList>`]) {
      expect(xml.includes(part) ? 'shown' : part).toBe('shown');
    }
    const roles = await iam('GetAccountAuthorizationDetails', { 'Filter.member.1': 'Role', MaxItems: '1000' });
    expect(roles.all('Arn').every((arn) => arn.includes(':role/'))).toBe(true);

    const { xml: summary } = await iam('GetAccountSummary');
    const listed = (await iam('ListGroups', { MaxItems: '1000' })).all('GroupName').length;
    expect(summary).toContain(`<key>Groups</key><value>${listed}</value>`);
    expect(summary).toContain('<key>VersionsPerPolicyQuota</key><value>5</value>');
  });

  it('gives an account a name that people can read', async () => {
    const AccountAlias = aName('alias');
    await iam('CreateAccountAlias', { AccountAlias: `${AccountAlias}-old` });
    await iam('CreateAccountAlias', { AccountAlias });
    expect((await iam('ListAccountAliases')).all('member')).toEqual([AccountAlias]);
    await iam('DeleteAccountAlias', { AccountAlias });
    expect((await iam('ListAccountAliases')).all('member')).toEqual([]);
    await expect(iam('DeleteAccountAlias', { AccountAlias })).rejects.toEqual(failsWith('NoSuchEntity'));
  });

  it('knows when a key was used last, as the gateway says it', async () => {
    const { UserName } = await first.aUser();
    const AccessKeyId = (await iam('CreateAccessKey', { UserName })).one('AccessKeyId')!;
    const lastUse = () => iam('GetAccessKeyLastUsed', { AccessKeyId });
    const never = await lastUse();
    expect([never.one('UserName'), never.one('ServiceName'), never.one('LastUsedDate')]).toEqual([
      UserName,
      'N/A',
      undefined,
    ]);
    const say = (at: string, region: string) => {
      const use = { accessKeyId: AccessKeyId, service: 'ssm', region, atMs: BigInt(Date.parse(at)) };
      service.nats.publish(subjects.identityKeyUsed, toBinary(KeyUsedSchema, create(KeyUsedSchema, use)));
    };
    say('2026-11-24T12:00:00Z', 'us-east-1');
    say('2026-11-24T11:00:00Z', 'eu-west-1');
    await soon(async () => expect((await lastUse()).one('LastUsedDate')).toBe('2026-11-24T12:00:00Z'));
    expect([(await lastUse()).one('Region'), (await lastUse()).one('ServiceName')]).toEqual(['us-east-1', 'ssm']);
    await expect(iam('GetAccessKeyLastUsed', { AccessKeyId: 'AKIAUNKNOWNUNKNOWN12' })).rejects.toEqual(
      failsWith('NoSuchEntity'),
    );
  });

  it('announces each change once', async () => {
    const seen: string[] = [];
    const PolicyName = aName('policy');
    const done = new Promise<void>((resolve) => {
      const subscription = service.nats.subscribe(`events.${first.account}.us-east-1.identity.*`, {
        callback: (_error, msg) => {
          const event = msg.json<{ type: string; subject: string; data: object }>();
          // The audit is told about beside.
          if (event.type.endsWith('audited') || !JSON.stringify(event).includes(PolicyName)) return;
          seen.push(event.type.slice('muster.identity.'.length));
          if (!event.type.endsWith('policy-deleted')) return;
          subscription.unsubscribe();
          resolve();
        },
      });
    });
    const created = await iam('CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(allowing('ssm:*')) });
    const PolicyArn = created.one('Arn')!;
    const { UserName } = await first.aUser();
    await iam('AttachUserPolicy', { UserName, PolicyArn });
    await iam('AttachUserPolicy', { UserName, PolicyArn });
    await iam('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: PolicyArn });
    await iam('DeleteUserPermissionsBoundary', { UserName });
    await iam('DetachUserPolicy', { UserName, PolicyArn });
    await iam('TagPolicy', { PolicyArn, 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'b' });
    expect((await iam('ListPolicyTags', { PolicyArn })).all('Key')).toEqual(['a']);
    await iam('UntagPolicy', { PolicyArn, 'TagKeys.member.1': 'a' });
    await iam('DeletePolicy', { PolicyArn });
    await done;
    expect(seen).toEqual([
      'policy-created',
      'attachment-changed',
      'boundary-changed',
      'attachment-changed',
      'tags-changed',
      'tags-changed',
      'policy-deleted',
    ]);
  });
});
