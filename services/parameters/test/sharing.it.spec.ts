import type { Caller } from '@muster/iam';
import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

interface Policies {
  readonly Policies: readonly { PolicyId: string; PolicyHash: string; Policy: string }[];
  readonly NextToken?: string;
}

const READS = ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParameterHistory', 'ssm:DescribeParameters'];

describe('a parameter that is shared', () => {
  const service = serviceUnderTest(ParametersModule, {
    env: { MUSTER_PARAMETERS_RESOURCE_POLICIES_PER_PARAMETER: '3' },
  });

  /** An account with an advanced parameter `/shared`, and another account with a user who may read whatever. */
  async function twoAccounts(more: object = {}) {
    const owner = service.newAccount();
    const other = service.newAccount();
    const ResourceArn = `arn:aws:ssm:us-east-1:${owner.account}:parameter/shared`;
    await owner.ssm('PutParameter', aParameter({ Name: '/shared', Value: 'theirs', Tier: 'Advanced', ...more }));
    const reader = other.user('reader', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['ssm:*', 'kms:*'], Resource: '*' },
    });
    const policy = (Principal: unknown = { AWS: other.account }, Action: unknown = READS, statement: object = {}) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Sid: 'share', Effect: 'Allow', Principal, Action, Resource: ResourceArn, ...statement }],
      });
    const put = (Policy: string, how: object = {}) =>
      owner.ssm<{ PolicyId: string; PolicyHash: string }>('PutResourcePolicy', { ResourceArn, Policy, ...how });
    const read = async (caller: Caller = reader, WithDecryption = false) =>
      (await other.ssm<{ Parameter: object }>('GetParameter', { Name: ResourceArn, WithDecryption }, { caller }))
        .Parameter;
    return { owner, other, ResourceArn, reader, policy, put, read };
  }

  const denied = { code: 'AccessDeniedException' };

  it('is read by its ARN from the account that its policy names, and no longer when the policy is gone', async () => {
    const { other, ResourceArn, reader, policy, put, read, owner } = await twoAccounts();
    await expect(read()).rejects.toMatchObject(denied);
    const { PolicyId, PolicyHash } = await put(policy());
    expect(await read()).toMatchObject({ Value: 'theirs', ARN: ResourceArn });
    const as = { caller: reader };
    expect(await other.ssm('GetParameters', { Names: [ResourceArn] }, as)).toMatchObject({
      Parameters: [{ Value: 'theirs' }],
    });
    expect(await other.ssm('GetParameter', { Name: `${ResourceArn}:1` }, as)).toMatchObject({
      Parameter: { Selector: ':1' },
    });
    expect(await other.ssm('GetParameterHistory', { Name: ResourceArn }, as)).toMatchObject({
      Parameters: [{ Value: 'theirs' }],
    });
    // By its name it is another one: the reader's own, if there were one.
    await expect(other.ssm('GetParameter', { Name: '/shared' }, as)).rejects.toMatchObject({
      code: 'ParameterNotFound',
    });

    await owner.ssm('DeleteResourcePolicy', { ResourceArn, PolicyId, PolicyHash });
    await expect(read()).rejects.toMatchObject(denied);
    for (const operation of ['Put', 'Delete'])
      await owner.events.next('parameters.resource-policy-changed', {
        subject: ResourceArn,
        data: { name: '/shared', policyId: PolicyId, operation },
      });
  });

  it('is not read by a third account, by a user whose own policies do not allow it, nor in a way that is not shared', async () => {
    const { other, ResourceArn, policy, put, read, reader } = await twoAccounts();
    await put(policy(undefined, ['ssm:GetParameter']));
    const third = service.newAccount();
    await expect(third.ssm('GetParameter', { Name: ResourceArn })).rejects.toMatchObject(denied);
    const weak = other.user('weak', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ssm:DescribeParameters', Resource: '*' },
    });
    await expect(read(weak)).rejects.toMatchObject(denied);
    await expect(other.ssm('GetParameterHistory', { Name: ResourceArn }, { caller: reader })).rejects.toMatchObject(
      denied,
    );
    expect(await read()).toMatchObject({ Value: 'theirs' });
  });

  it('may be shared with one user of an account alone', async () => {
    const { reader, other, policy, put, read } = await twoAccounts();
    await put(policy({ AWS: reader.arn }));
    const colleague = other.user('colleague', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*' },
    });
    expect(await read()).toMatchObject({ Value: 'theirs' });
    await expect(read(colleague)).rejects.toMatchObject(denied);
  });

  it('is not changed from another account, whatever its policy says', async () => {
    const { other, ResourceArn, reader, policy, put, read } = await twoAccounts();
    await put(policy());
    await other.ssm('PutParameter', aParameter({ Name: '/shared', Value: 'mine' }), { caller: reader });
    const as = { caller: reader };
    const change = (operation: string, input: object) => other.ssm(operation, input, as);
    await expect(change('DeleteParameter', { Name: ResourceArn })).rejects.toMatchObject(denied);
    const label = { Name: ResourceArn, Labels: ['x'] };
    await expect(change('LabelParameterVersion', label)).rejects.toMatchObject(denied);
    const share = { ResourceArn, Policy: policy() };
    await expect(change('PutResourcePolicy', share)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await read()).toMatchObject({ Value: 'theirs', Version: 1 });
    expect(await other.ssm('GetParameter', { Name: '/shared' }, as)).toMatchObject({ Parameter: { Value: 'mine' } });
  });

  it('and secret needs the key to be shared as well', async () => {
    const { owner, other, reader, policy, put, read } = await twoAccounts();
    const scope = { account: owner.account, region: owner.region };
    const { keyId, arn } = service.identity!.keys.make(scope);
    const secret = { Name: '/shared', Value: 'hidden', Tier: 'Advanced', Overwrite: true };
    await owner.ssm('DeleteParameter', { Name: '/shared' });
    await owner.ssm('PutParameter', { ...secret, Type: 'SecureString', KeyId: keyId });
    await put(policy());
    await expect(read(reader, true)).rejects.toMatchObject(denied);
    service.identity!.keys.change(scope, keyId, {
      policy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: owner.account }, Action: 'kms:*', Resource: '*' },
          {
            Effect: 'Allow',
            Principal: { AWS: other.account },
            Action: 'kms:Decrypt',
            Resource: '*',
            Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': arnOf(owner.account) } },
          },
        ],
      },
    });
    expect(await read(reader, true)).toMatchObject({ Value: 'hidden' });
    const weak = other.user('weak', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ssm:*', Resource: '*' },
        { Effect: 'Deny', Action: 'kms:Decrypt', Resource: arn },
      ],
    });
    await expect(read(weak, true)).rejects.toMatchObject(denied);
    expect(await read(weak, false)).toMatchObject({ Type: 'SecureString' });
  });

  it('is listed to those with whom it is shared, by name or as everybody, filtered as others are', async () => {
    const { owner, other, reader, policy, put, ResourceArn } = await twoAccounts();
    const listed = async (input: object = {}, caller = reader) =>
      (await other.ssm<{ Parameters: { ARN: string }[] }>('DescribeParameters', { Shared: true, ...input }, { caller }))
        .Parameters;
    expect(await listed()).toEqual([]);
    await put(policy());
    await put(policy('*'));
    expect(await listed()).toEqual([
      expect.objectContaining({ Name: '/shared', ARN: ResourceArn, Type: 'String', Tier: 'Advanced' }),
    ]);
    expect(await listed({ ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] })).toEqual([]);
    expect(await listed({ ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/sha'] }] })).toHaveLength(
      1,
    );
    expect(await listed({ ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/x'] }] })).toEqual([]);
    expect(JSON.stringify(await listed())).not.toContain('theirs');
    // Not to its owner, who has it anyway; and in the list of what an account has there is nothing of others.
    expect(await owner.ssm('DescribeParameters', { Shared: true })).toEqual({ Parameters: [] });
    expect(await other.ssm('DescribeParameters', {}, { caller: reader })).toMatchObject({ Parameters: [] });
  });

  describe('has policies, which', () => {
    it('are listed page by page, and change only for who has seen them as they are', async () => {
      const { owner, ResourceArn, policy, put, read } = await twoAccounts();
      const first = await put(policy());
      const second = await put(policy(undefined, ['ssm:GetParameter']));
      expect(second.PolicyId).not.toBe(first.PolicyId);
      const page = (input: object = {}) =>
        owner.ssm<Policies>('GetResourcePolicies', { ResourceArn, MaxResults: 1, ...input });
      const one = await page();
      const two = await page({ NextToken: one.NextToken });
      expect(two.NextToken).toBeUndefined();
      expect([...one.Policies, ...two.Policies].map(({ PolicyId }) => PolicyId).sort()).toEqual(
        [first.PolicyId, second.PolicyId].sort(),
      );
      expect(await owner.ssm('GetResourcePolicies', { ResourceArn })).toMatchObject({
        Policies: expect.arrayContaining([{ ...first, Policy: policy() }]) as unknown,
      });

      const { PolicyId } = first;
      const changed = await put(policy({ AWS: '111111111111' }), first);
      expect(changed.PolicyId).toBe(PolicyId);
      expect(changed.PolicyHash).not.toBe(first.PolicyHash);
      await expect(put(policy(), first)).rejects.toMatchObject({ code: 'ResourcePolicyConflictException' });
      const remove = (how: object) => owner.ssm('DeleteResourcePolicy', { ResourceArn, ...how });
      await expect(remove(first)).rejects.toMatchObject({ code: 'ResourcePolicyConflictException' });
      const unknown = { PolicyId: 'none', PolicyHash: 'none' };
      for (const asked of [put(policy(), unknown), remove(unknown)])
        await expect(asked).rejects.toMatchObject({ code: 'ResourcePolicyNotFoundException' });
      for (const half of [{ PolicyId }, { PolicyHash: first.PolicyHash }])
        await expect(put(policy(), half)).rejects.toMatchObject({ code: 'ResourcePolicyInvalidParameterException' });
      expect(await read()).toMatchObject({ Value: 'theirs' });
      await remove(second);
      await expect(read()).rejects.toMatchObject(denied);
    });

    it('are refused when they could not hold', async () => {
      const { owner, policy, put, ResourceArn } = await twoAccounts();
      const malformed = { code: 'MalformedResourcePolicyDocumentException' };
      for (const text of [
        'no JSON',
        policy(undefined, ['ssm:PutParameter']),
        policy(undefined, ['ssm:*']),
        policy(undefined, undefined, { Resource: `${ResourceArn}/below` }),
        policy(undefined, undefined, { Principal: undefined }),
        policy(undefined, undefined, { Condition: { Nonsense: { a: 'b' } } }),
      ])
        await expect(put(text)).rejects.toMatchObject(malformed);
      await expect(put(policy(undefined, undefined, { Sid: 'x'.repeat(1024) }))).rejects.toMatchObject({
        code: 'ResourcePolicyLimitExceededException',
        body: expect.stringMatching(/"Limit":1024.*"LimitType":"Size"|"LimitType":"Size".*"Limit":1024/) as string,
      });
      expect(await owner.ssm('GetResourcePolicies', { ResourceArn })).toEqual({ Policies: [] });
    });

    it('are as many as are configured, on advanced parameters alone', async () => {
      const { owner, policy, put } = await twoAccounts();
      for (let n = 0; n < 3; n++) await put(policy());
      await expect(put(policy())).rejects.toMatchObject({ code: 'ResourcePolicyLimitExceededException' });

      await owner.ssm('PutParameter', aParameter({ Name: '/standard' }));
      const arn = (path: string) => `arn:aws:ssm:us-east-1:${owner.account}:parameter${path}`;
      const share = (ResourceArn: string) =>
        owner.ssm('PutResourcePolicy', {
          ResourceArn,
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', Principal: '*', Action: READS, Resource: ResourceArn },
          }),
        });
      await expect(share(arn('/standard'))).rejects.toMatchObject({ code: 'ResourcePolicyInvalidParameterException' });
      await expect(share(arn('/none'))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
      await expect(share('arn:aws:ssm:us-east-1:111111111111:document/x')).rejects.toMatchObject({
        code: 'ResourcePolicyInvalidParameterException',
      });
      await owner.ssm('PutParameter', { Name: '/standard', Value: 'v', Tier: 'Advanced', Overwrite: true });
      await share(arn('/standard'));
    });
  });

  function arnOf(account: string): string {
    return `arn:aws:ssm:us-east-1:${account}:parameter/shared`;
  }
});
