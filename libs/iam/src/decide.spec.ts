import fc from 'fast-check';

import type { Caller, Resource } from './caller.js';
import { decide as decideOn } from './decide.js';
import {
  type PolicyDocument,
  type PrincipalPolicies,
  type Statement,
  administratorPolicy,
  noPolicies,
} from './policy.js';

const alice: Caller = {
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:iam::123456789012:user/alice',
  userId: 'AIDAEXAMPLE',
  kind: 'User',
};
const host = { arn: 'arn:aws:ssm:us-east-1:123456789012:parameter/db/host' };

function aPolicy(...statements: Partial<Statement>[]): PolicyDocument {
  return { Statement: statements.map((more) => ({ Effect: 'Allow', Action: ['*'], Resource: ['*'], ...more })) };
}

/** Held by the principal itself. */
function held(policies: readonly PolicyDocument[]): PrincipalPolicies {
  return {
    ...noPolicies,
    identity: policies.map((document, place) => ({ name: document.Id ?? `policy ${place + 1}`, document })),
  };
}

function decide(caller: Caller, policies: readonly PolicyDocument[], action: string, resources: readonly Resource[]) {
  return decideOn(caller, held(policies), action, resources, new Date('2026-11-24T12:00:00Z'));
}

function allowed(policies: readonly PolicyDocument[], action: string, resources = [host], caller = alice): boolean {
  return decide(caller, policies, action, resources).allowed;
}

describe('a decision', () => {
  it('is no when nothing allows it, in the words of AWS', () => {
    expect(decide(alice, [], 'ssm:PutParameter', [host])).toEqual({
      allowed: false,
      explicit: false,
      action: 'ssm:PutParameter',
      resource: host.arn,
      message:
        'User: arn:aws:iam::123456789012:user/alice is not authorized to perform: ssm:PutParameter on resource: ' +
        'arn:aws:ssm:us-east-1:123456789012:parameter/db/host because no identity-based policy allows the ssm:PutParameter action',
    });
  });

  it('is no when a statement denies it, whatever allows it', () => {
    const decision = decide(
      alice,
      [administratorPolicy, aPolicy({ Effect: 'Deny', Action: ['ssm:*'] })],
      'ssm:PutParameter',
      [host],
    );
    expect(decision).toMatchObject({ allowed: false, explicit: true, deniedBy: 'policy 2/statement 1' });
    expect(decision).toHaveProperty(
      'message',
      expect.stringMatching(/parameter\/db\/host with an explicit deny in an identity-based policy$/),
    );
  });

  it('is yes for the administrator, and says by what', () => {
    expect(decide(alice, [administratorPolicy], 'ssm:PutParameter', [host])).toEqual({
      allowed: true,
      by: ['AdministratorAccess/AdministratorAccess'],
    });
  });

  it('takes actions in any case, resources only in theirs', () => {
    expect(allowed([aPolicy({ Action: ['SSM:putparam*'] })], 'ssm:PutParameter')).toBe(true);
    expect(
      allowed(
        [aPolicy({ Resource: [host.arn.toUpperCase().replace('ARN:AWS:SSM', 'arn:aws:ssm')] })],
        'ssm:PutParameter',
      ),
    ).toBe(false);
  });

  it('honours NotAction and NotResource', () => {
    expect(allowed([aPolicy({ Action: undefined, NotAction: ['iam:*'] })], 'ssm:PutParameter')).toBe(true);
    expect(allowed([aPolicy({ Action: undefined, NotAction: ['ssm:*'] })], 'ssm:PutParameter')).toBe(false);
    expect(allowed([aPolicy({ Resource: undefined, NotResource: [host.arn] })], 'ssm:PutParameter')).toBe(false);
    expect(
      allowed([aPolicy({ Resource: undefined, NotResource: ['arn:aws:ssm:*:*:document/*'] })], 'ssm:PutParameter'),
    ).toBe(true);
  });

  it('must hold for every resource, each with the action that it needs', () => {
    const key = { arn: 'arn:aws:kms:us-east-1:123456789012:key/1', action: 'kms:Decrypt' };
    const policies = [aPolicy({ Action: ['ssm:*'] })];
    expect(decide(alice, policies, 'ssm:GetParameter', [host, key])).toMatchObject({
      action: 'kms:Decrypt',
      resource: key.arn,
    });
    expect(allowed([...policies, aPolicy({ Action: ['kms:Decrypt'] })], 'ssm:GetParameter', [host, key])).toBe(true);
  });

  it('without a resource is made on all', () => {
    expect(allowed([aPolicy({})], 'ssm:DescribeActivations', [])).toBe(true);
    expect(decide(alice, [aPolicy({ Resource: [host.arn] })], 'ssm:DescribeActivations', [])).toMatchObject({
      resource: '*',
    });
  });

  it('does not reach into another account, even for its root', () => {
    const foreign = { arn: 'arn:aws:ssm:us-east-1:210987654321:parameter/db/host' };
    expect(decide(alice, [administratorPolicy], 'ssm:GetParameter', [foreign])).toMatchObject({
      explicit: false,
      message: expect.stringContaining('because no resource-based policy allows the ssm:GetParameter action') as string,
    });
    expect(allowed([], 'ssm:GetParameter', [foreign], { ...alice, kind: 'Root' })).toBe(false);
    expect(
      allowed([administratorPolicy], 'ssm:GetParameter', [{ arn: 'arn:aws:ssm:us-east-1::parameter/aws/service/x' }]),
    ).toBe(true);
  });

  it('is yes for the root of the account and no for nobody', () => {
    expect(allowed([], 'ssm:PutParameter', [host], { ...alice, kind: 'Root' })).toBe(true);
    expect(allowed([administratorPolicy], 'ssm:PutParameter', [host], { ...alice, kind: 'Anonymous' })).toBe(false);
  });

  const pattern = fc.constantFrom('*', 'ssm:*', 'ssm:Get*', 'ssm:PutParameter', 'iam:*', 'ssm:?utParameter');
  const resource = fc.constantFrom(
    '*',
    host.arn,
    'arn:aws:ssm:*:*:parameter/*',
    'arn:aws:ssm:us-east-1:123456789012:document/x',
  );
  const statements = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    Resource: fc.array(resource, { minLength: 1, maxLength: 3 }),
  });
  const policies = fc.array(
    fc.array(statements, { minLength: 1, maxLength: 4 }).map((Statement) => ({ Statement })),
    { maxLength: 4 },
  );

  it('does not depend on the order of policies and statements', () => {
    fc.assert(
      fc.property(policies, (given) => {
        const turned = given.toReversed().map((policy) => ({ Statement: policy.Statement.toReversed() }));
        expect(allowed(turned, 'ssm:PutParameter')).toBe(allowed(given, 'ssm:PutParameter'));
      }),
    );
  });

  it('never becomes yes by another Deny, nor no by another Allow', () => {
    fc.assert(
      fc.property(policies, statements, (given, one) => {
        const before = allowed(given, 'ssm:PutParameter');
        const after = allowed([...given, { Statement: [one] }], 'ssm:PutParameter');
        expect(after === before || after === (one.Effect === 'Allow')).toBe(true);
      }),
    );
  });

  it('is no whenever a Deny speaks about it', () => {
    fc.assert(
      fc.property(policies, (given) => {
        expect(allowed([...given, aPolicy({ Effect: 'Deny' })], 'ssm:PutParameter')).toBe(false);
      }),
    );
  });
});
