import { type Caller, noPolicies, parsePolicy } from '@muster/iam';

import { simulate } from './simulation.js';

const caller: Caller = {
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:iam::123456789012:user/alice',
  userId: 'AIDA',
  kind: 'User',
};
const policy = (name: string, statement: object, kind?: 'resource') => ({
  name,
  document: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), kind),
});
const ask = (more: Partial<Parameters<typeof simulate>[0]>) =>
  simulate({
    caller,
    policies: noPolicies,
    actions: ['ssm:GetParameter'],
    resources: ['*'],
    context: {},
    now: new Date(),
    ...more,
  });

describe('a simulation', () => {
  const allow = policy('arn:aws:iam::123456789012:policy/team/reads', {
    Effect: 'Allow',
    Action: 'ssm:Get*',
    Resource: 'arn:aws:ssm:*:*:parameter/app/*',
  });
  const deny = policy('inline policy never of group/interns', { Effect: 'Deny', Action: 'ssm:Delete*', Resource: '*' });
  const app = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/a';

  it('says for each action and resource what a real call would hear, and because of which policy', () => {
    const results = ask({
      policies: { ...noPolicies, identity: [allow, deny] },
      actions: ['ssm:GetParameter', 'ssm:DeleteParameter'],
      resources: [app, '*'],
    });
    expect(results.map((each) => [each.EvalActionName, each.EvalResourceName, each.EvalDecision])).toEqual([
      ['ssm:GetParameter', app, 'allowed'],
      ['ssm:GetParameter', '*', 'implicitDeny'],
      ['ssm:DeleteParameter', app, 'explicitDeny'],
      ['ssm:DeleteParameter', '*', 'explicitDeny'],
    ]);
    expect(results.map((each) => each.MatchedStatements)).toEqual([
      [{ SourcePolicyId: allow.name, SourcePolicyType: 'user-managed' }],
      [],
      [{ SourcePolicyId: deny.name, SourcePolicyType: 'group' }],
      [{ SourcePolicyId: deny.name, SourcePolicyType: 'group' }],
    ]);
  });

  it('is worked out for a page of what is asked for: ten million decisions keep nobody waiting', () => {
    const began = performance.now();
    const question = {
      caller,
      policies: { ...noPolicies, identity: [allow, deny] },
      actions: Array.from({ length: 10_000 }, (_, n) => `ssm:Get${n}`),
      resources: [app, ...Array.from({ length: 999 }, (_, n) => `${app}${n}`)],
      context: {},
      now: new Date(),
    };
    const results = simulate(question, 1_000_999, 2);
    expect(results.map((each) => [each.EvalActionName, each.EvalResourceName])).toEqual([
      ['ssm:Get1000', `${app}998`],
      ['ssm:Get1001', app],
    ]);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(simulate(question, 10_000_000, 2)).toEqual([]);
  });

  it('says what a boundary makes of it', () => {
    const boundary = policy('arn:aws:iam::aws:policy/X', { Effect: 'Allow', Action: 'iam:*', Resource: '*' });
    const [result] = ask({ policies: { ...noPolicies, identity: [allow], boundary }, resources: [app] });
    expect(result).toMatchObject({
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
  });

  it('names the condition keys that policies ask for and nobody gave, those of variables too', () => {
    const asking = policy('PolicyInputList.1', {
      Effect: 'Allow',
      Action: 'ssm:*',
      Resource: 'arn:aws:ssm:*:*:parameter/${aws:username}/*',
      Condition: { Bool: { 'ssm:Overwrite': 'true' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    });
    const identity = [asking];
    const [result] = ask({ policies: { ...noPolicies, identity }, context: { 'ssm:overwrite': 'true' } });
    expect(result!.MissingContextValues).toEqual(['aws:SourceIp', 'aws:username']);
  });

  it('asks the policy of the resource too', () => {
    const shared = policy(
      '',
      { Effect: 'Allow', Principal: { AWS: caller.arn }, Action: 'ssm:GetParameter', Resource: '*' },
      'resource',
    );
    const [result] = ask({ resourcePolicy: shared.document, resources: [app] });
    expect(result).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyType: 'resource', SourcePolicyId: `policy of ${app}` }],
    });
  });
});
