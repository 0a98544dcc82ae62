import fc from 'fast-check';

import type { Caller, Resource } from './caller.js';
import { decide } from './decide.js';
import { parsePolicy } from './parse-policy.js';
import { type NamedPolicy, type PolicyKind, type PrincipalPolicies, noPolicies, nobodysPolicies } from './policy.js';

const account = '123456789012';
const other = '210987654321';
const alice: Caller = {
  account,
  region: 'us-east-1',
  arn: `arn:aws:iam::${account}:user/alice`,
  userId: 'AIDAALICE',
  kind: 'User',
};
const session: Caller = {
  ...alice,
  arn: `arn:aws:sts::${account}:assumed-role/deploy/run-7`,
  issuerArn: `arn:aws:iam::${account}:role/ci/deploy`,
  userId: 'AROADEPLOY:run-7',
  kind: 'AssumedRole',
};
const root: Caller = { ...alice, arn: `arn:aws:iam::${account}:root`, kind: 'Root' };
const host = `arn:aws:ssm:us-east-1:${account}:parameter/db/host`;
const foreign = `arn:aws:ssm:us-east-1:${other}:parameter/db/host`;
const now = new Date('2026-11-24T12:00:00Z');

const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
const deny = { ...allow, Effect: 'Deny' };
const nothing = { ...allow, Action: 'none:*' };

function aPolicy(name: string, statement: object, kind: PolicyKind = 'identity'): NamedPolicy {
  return { name, document: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), kind) };
}

interface Given {
  readonly identity?: object;
  readonly boundary?: object;
  readonly session?: object;
  readonly resource?: object;
  readonly governs?: boolean;
  readonly arn?: string;
  readonly action?: string;
}

function decideOn(caller: Caller, given: Given) {
  const policies: PrincipalPolicies = {
    ...noPolicies,
    identity: given.identity ? [aPolicy('mine', given.identity)] : [],
    ...(given.boundary && { boundary: aPolicy('limit', given.boundary) }),
    session: given.session ? [aPolicy('of the session', given.session)] : [],
  };
  const resource: Resource = {
    arn: given.arn ?? host,
    ...(given.resource && { policy: aPolicy('', given.resource, 'resource').document }),
    ...(given.governs && { policyGoverns: true }),
  };
  return decide(caller, policies, given.action ?? 'ssm:GetParameter', [resource], now);
}

const may = (caller: Caller, given: Given): boolean => decideOn(caller, given).allowed;
const why = (caller: Caller, given: Given): string => {
  const decision = decideOn(caller, given);
  return decision.allowed
    ? decision.by.join()
    : decision.message.slice(decision.message.indexOf(given.arn ?? host) + (given.arn ?? host).length + 1);
};
const grant = (AWS: string | string[], more: object = {}) => ({ ...allow, Principal: { AWS }, ...more });

describe('a boundary and session policies', () => {
  it('only narrow', () => {
    expect(why(alice, { boundary: allow })).toBe('because no identity-based policy allows the ssm:GetParameter action');
    expect(why(alice, { identity: allow, boundary: nothing })).toBe(
      'because no permissions boundary allows the ssm:GetParameter action',
    );
    expect(why(alice, { identity: allow, boundary: deny })).toBe('with an explicit deny in a permissions boundary');
    expect(why(alice, { identity: allow, boundary: allow })).toBe('mine/statement 1');
    expect(why(session, { session: allow })).toBe(
      'because no identity-based policy allows the ssm:GetParameter action',
    );
    expect(why(session, { identity: allow, session: nothing })).toBe(
      'because no session policy allows the ssm:GetParameter action',
    );
    expect(why(session, { identity: allow, session: deny })).toBe('with an explicit deny in a session policy');
    expect(why(session, { identity: allow, session: allow })).toBe('mine/statement 1');
  });

  it('narrow what a resource gives to everybody or to the role, not what it gives to the user or the session', () => {
    for (const narrow of [{ boundary: nothing }, { session: nothing }]) {
      expect(may(session, { ...narrow, resource: grant(session.issuerArn!) })).toBe(false);
      expect(may(session, { ...narrow, resource: grant('*') })).toBe(false);
      expect(may(session, { ...narrow, resource: grant(session.arn) })).toBe(true);
    }
    expect(may(alice, { boundary: nothing, resource: grant(alice.arn) })).toBe(true);
  });
});

describe("a resource's own policy", () => {
  it('is enough in the same account when it names the caller, not when it names the account', () => {
    expect(why(alice, { resource: grant(alice.arn, { Sid: 'ForAlice' }) })).toBe(`policy of ${host}/ForAlice`);
    expect(may(alice, { resource: grant('*') })).toBe(true);
    expect(may(session, { resource: grant(session.issuerArn!) })).toBe(true);
    expect(may(alice, { resource: grant(account) })).toBe(false);
    expect(may(alice, { resource: grant(account), identity: allow })).toBe(true);
    expect(may(alice, { resource: grant(`arn:aws:iam::${account}:user/bob`) })).toBe(false);
    expect(may(alice, { resource: { ...allow, Principal: { Service: 'ssm.amazonaws.com' } } })).toBe(false);
  });

  it('grants nothing to a name that nobody has any more', () => {
    for (const principal of [alice.arn, '*']) {
      const policy = aPolicy('', grant(principal), 'resource').document;
      const on = [
        { arn: host, policy },
        { arn: host, policy, policyGoverns: true },
      ];
      for (const resource of on) {
        expect(decide(alice, noPolicies, 'ssm:GetParameter', [resource], now).allowed).toBe(true);
        expect(decide(alice, nobodysPolicies, 'ssm:GetParameter', [resource], now).allowed).toBe(false);
      }
    }
  });

  it('denies the root too', () => {
    const resource = { ...deny, Principal: '*', Sid: 'Nobody' };
    expect(why(alice, { identity: allow, resource })).toBe('with an explicit deny in a resource-based policy');
    expect(decideOn(root, { resource })).toMatchObject({ explicit: true, deniedBy: `policy of ${host}/Nobody` });
    expect(may(root, {})).toBe(true);
  });

  it('must allow beside the own policies when it is of another account', () => {
    const at = { arn: foreign };
    expect(why(alice, { ...at, identity: allow })).toBe(
      'because no resource-based policy allows the ssm:GetParameter action',
    );
    expect(why(alice, { ...at, resource: grant(alice.arn) })).toBe(
      'because no identity-based policy allows the ssm:GetParameter action',
    );
    for (const name of [account, `arn:aws:iam::${account}:root`, alice.arn, '*']) {
      expect(may(alice, { ...at, identity: allow, resource: grant(name) })).toBe(true);
    }
    expect(may(alice, { ...at, identity: allow, boundary: nothing, resource: grant(alice.arn) })).toBe(false);
    expect(may(alice, { ...at, identity: allow, resource: grant(other) })).toBe(false);
    expect(may(root, { ...at, resource: grant(account) })).toBe(true);
    expect(may(root, at)).toBe(false);
  });

  it('with NotPrincipal denies everybody else', () => {
    const but = (...AWS: string[]) => ({ identity: allow, resource: { ...deny, NotPrincipal: { AWS } } });
    expect(may(alice, but(alice.arn, account))).toBe(true);
    expect(may(alice, but(account))).toBe(true);
    expect(may(alice, but(`arn:aws:iam::${account}:user/bob`, account))).toBe(false);
    expect(may(alice, but(other))).toBe(false);
    expect(may(session, but(session.issuerArn!, account))).toBe(true);
    expect(may(root, but(`arn:aws:iam::${account}:user/bob`, account))).toBe(true);
    expect(may(alice, { identity: allow, resource: { ...deny, NotPrincipal: '*' } })).toBe(true);
  });

  it('governs a key: the account decides only where it says so', () => {
    const key = { governs: true, arn: `arn:aws:kms:us-east-1:${account}:key/1`, action: 'kms:Decrypt' };
    expect(why(alice, { ...key, identity: allow, resource: grant(`arn:aws:iam::${account}:user/bob`) })).toBe(
      'because no resource-based policy allows the kms:Decrypt action',
    );
    expect(why(root, { ...key, resource: grant(alice.arn) })).toBe(
      'because no resource-based policy allows the kms:Decrypt action',
    );
    expect(may(root, { ...key, resource: grant(account) })).toBe(true);
    expect(may(alice, { ...key, resource: grant(account) })).toBe(false);
    expect(why(alice, { ...key, identity: allow, resource: grant(account, { Sid: 'Account' }) })).toBe(
      `mine/statement 1,policy of ${key.arn}/Account`,
    );
    expect(may(alice, { ...key, resource: grant(alice.arn) })).toBe(true);
    expect(may(session, { ...key, session: nothing, resource: grant(session.issuerArn!) })).toBe(false);
    expect(may(alice, { ...key, identity: allow })).toBe(false);
  });

  it('of a role is called its trust policy', () => {
    const role = {
      governs: true,
      arn: `arn:aws:iam::${account}:role/deploy`,
      action: 'sts:AssumeRole',
      identity: allow,
    };
    expect(why(alice, { ...role, resource: grant(other) })).toBe(
      'because no role trust policy allows the sts:AssumeRole action',
    );
    expect(why(alice, { ...role, resource: { ...deny, Principal: '*' } })).toBe(
      'with an explicit deny in the role trust policy',
    );
  });
});

describe('whatever the policies', () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('*', 'ssm:*', 'ssm:Get*', 'iam:*'),
    Resource: fc.constantFrom('*', host, foreign, 'arn:aws:ssm:*:*:parameter/${aws:username}/*'),
    Condition: fc.constantFrom(
      {},
      { StringEquals: { 'aws:username': 'alice' } },
      { StringNotEquals: { 'aws:ResourceTag/x': '${aws:PrincipalTag/none}' } },
      { 'ForAllValues:StringLike': { 'aws:TagKeys': 'a*' } },
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    ),
  });
  const statements = fc.array(statement, { minLength: 1, maxLength: 4 });
  const onResource = fc.array(
    fc
      .tuple(statement, fc.constantFrom('*', account, other, alice.arn, session.arn, session.issuerArn!))
      .map(([each, AWS]) => ({
        ...each,
        Principal: { AWS },
      })),
    { minLength: 1, maxLength: 3 },
  );
  const cases = fc.record(
    {
      identity: statements,
      boundary: statements,
      session: statements,
      resource: onResource,
      governs: fc.boolean(),
      arn: fc.constantFrom(host, foreign),
    },
    { requiredKeys: ['arn'] },
  );
  const callers = fc.constantFrom(alice, session, root);

  it('a Deny about everything wins, wherever it stands', () => {
    fc.assert(
      fc.property(
        callers,
        cases,
        fc.constantFrom('identity' as const, 'boundary' as const, 'session' as const, 'resource' as const),
        (caller, given, place) => {
          fc.pre(caller !== root || place === 'resource');
          const more = place === 'resource' ? { ...deny, Principal: '*' } : deny;
          expect(may(caller, { ...given, [place]: [...(given[place] ?? []), more] })).toBe(false);
        },
      ),
    );
  });

  it('another Allow of an identity takes nothing away', () => {
    fc.assert(
      fc.property(callers, cases, statement, (caller, given, one) => {
        fc.pre(may(caller, given));
        expect(may(caller, { ...given, identity: [...(given.identity ?? []), { ...one, Effect: 'Allow' }] })).toBe(
          true,
        );
      }),
    );
  });

  it('another Allow of a resource takes nothing away', () => {
    fc.assert(
      fc.property(callers, cases, onResource, (caller, given, more) => {
        fc.pre(may(caller, given));
        const allows = more.map((each) => ({ ...each, Effect: 'Allow' }));
        expect(may(caller, { ...given, resource: [...(given.resource ?? []), ...allows] })).toBe(true);
      }),
    );
  });

  it('a boundary and a session policy only narrow', () => {
    fc.assert(
      fc.property(callers, cases, (caller, { boundary, session: narrowed, ...given }) => {
        fc.pre(!may(caller, given));
        expect(may(caller, { ...given, ...(boundary && { boundary }) })).toBe(false);
        expect(may(caller, { ...given, ...(narrowed && { session: narrowed }) })).toBe(false);
      }),
    );
  });

  it('nothing is allowed across accounts that the other account does not allow', () => {
    fc.assert(
      fc.property(callers, cases, (caller, { resource: _without, ...given }) => {
        expect(may(caller, { ...given, arn: foreign })).toBe(false);
      }),
    );
  });
});
