import type { Caller, Resource } from '../caller.js';
import { decide } from '../decide.js';
import { parsePolicy } from '../parse-policy.js';
import { noPolicies } from '../policy.js';
import { requestTags } from '../request-tags.js';

const alice: Caller = {
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:iam::123456789012:user/ops/alice',
  userId: 'AIDAALICE',
  kind: 'User',
  sourceIp: '203.0.113.7',
  userAgent: 'aws-cli/2.0',
  secureTransport: true,
};
const session: Caller = {
  ...alice,
  arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-7',
  issuerArn: 'arn:aws:iam::123456789012:role/ci/deploy',
  userId: 'AROADEPLOY:run-7',
  kind: 'AssumedRole',
  tokenIssuedAt: Date.parse('2026-11-24T11:00:00Z'),
};
const now = new Date('2026-11-24T12:00:00Z');
const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/db/host';

interface Given {
  readonly caller?: Caller;
  readonly resource?: Partial<Resource>;
  readonly effect?: 'Allow' | 'Deny';
  readonly version?: string;
  readonly tags?: Record<string, string>;
}

/** Whether a statement with this condition speaks about the request: it allows, or, as a Deny, refuses. */
function applies(Condition: object, given: Given = {}): boolean {
  const { caller = alice, effect = 'Allow', version = '2012-10-17' } = given;
  const anything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const statement = { Effect: effect, Action: 'ssm:*', Resource: '*', Condition };
  const text = JSON.stringify({ Version: version, Statement: effect === 'Deny' ? [anything, statement] : statement });
  const policies = {
    ...noPolicies,
    identity: [{ name: 'p', document: parsePolicy(text) }],
    tags: given.tags ?? { team: 'payments' },
    ...(caller.kind === 'User' && { userName: 'alice' }),
  };
  const { allowed } = decide(caller, policies, 'ssm:PutParameter', [{ arn, ...given.resource }], now);
  return allowed === (effect === 'Allow');
}

describe('conditions on texts', () => {
  it.each([
    [{ StringEquals: { 'aws:username': 'alice' } }, true],
    [{ StringEquals: { 'aws:username': 'Alice' } }, false],
    [{ StringEquals: { 'aws:username': ['bob', 'alice'] } }, true],
    [{ StringEquals: { 'AWS:UserName': 'alice' } }, true],
    [{ StringEquals: { 'aws:username': 'ali*' } }, false],
    [{ StringNotEquals: { 'aws:username': 'alice' } }, false],
    [{ StringNotEquals: { 'aws:username': ['alice', 'bob'] } }, false],
    [{ StringNotEquals: { 'aws:username': 'bob' } }, true],
    [{ StringEqualsIgnoreCase: { 'aws:username': 'ALICE' } }, true],
    [{ StringNotEqualsIgnoreCase: { 'aws:username': 'ALICE' } }, false],
    [{ StringLike: { 'aws:username': 'al?c*' } }, true],
    [{ StringLike: { 'aws:username': 'AL*' } }, false],
    [{ StringNotLike: { 'aws:username': 'al*' } }, false],
    [{ stringlike: { 'aws:username': 'al*' } }, true],
    [{ StringEquals: { 'aws:username': 'alice' }, StringLike: { 'aws:UserAgent': 'boto*' } }, false],
    [{ StringEquals: { 'aws:username': 'alice', 'aws:PrincipalAccount': '210987654321' } }, false],
    [{ StringEquals: { 'aws:username': 'alice', 'aws:PrincipalAccount': '123456789012' } }, true],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition)).toBe(expected);
  });
});

describe('a key that the request does not have', () => {
  const missing = 'aws:SourceVpc';
  it.each([
    [{ StringEquals: { [missing]: 'v' } }, false],
    [{ StringNotEquals: { [missing]: 'v' } }, true],
    [{ StringEqualsIfExists: { [missing]: 'v' } }, true],
    [{ StringNotEqualsIfExists: { [missing]: 'v' } }, true],
    [{ ArnNotLike: { [missing]: '*' } }, true],
    [{ NotIpAddress: { [missing]: '10.0.0.0/8' } }, true],
    [{ NumericNotEquals: { [missing]: '1' } }, true],
    [{ NumericLessThan: { [missing]: '1' } }, false],
    [{ DateGreaterThanIfExists: { [missing]: '2026-01-01' } }, true],
    [{ Bool: { [missing]: 'false' } }, false],
    [{ BoolIfExists: { [missing]: 'false' } }, true],
    [{ Null: { [missing]: 'true' } }, true],
    [{ Null: { [missing]: 'false' } }, false],
    [{ Null: { 'aws:username': 'true' } }, false],
    [{ Null: { 'aws:username': false } }, true],
    [{ 'ForAllValues:StringEquals': { [missing]: 'v' } }, true],
    [{ 'ForAnyValue:StringEquals': { [missing]: 'v' } }, false],
    [{ 'ForAnyValue:StringNotEquals': { [missing]: 'v' } }, false],
    [{ 'ForAnyValue:StringEqualsIfExists': { [missing]: 'v' } }, true],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition)).toBe(expected);
  });
});

describe('a key with several values', () => {
  const resource = {
    context: requestTags([
      { Key: 'team', Value: 'payments' },
      { Key: 'env', Value: 'prod' },
    ]),
  };
  it.each([
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'env', 'owner'] } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, false],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['env'] } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['owner'] } }, false],
    [{ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['env'] } }, false],
    [{ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['owner'] } }, true],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['env'] } }, true],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['env', 'team'] } }, false],
    [{ 'forallvalues:StringLike': { 'aws:TagKeys': ['*e*'] } }, true],
    [{ StringEquals: { 'aws:RequestTag/team': 'payments' } }, true],
    [{ StringEquals: { 'aws:RequestTag/TEAM': 'payments' } }, true],
    [{ StringEquals: { 'aws:RequestTag/owner': 'payments' } }, false],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition, { resource })).toBe(expected);
  });

  it('is what tags in either form make of it', () => {
    expect(requestTags({ a: '1' })).toEqual({ 'aws:RequestTag/a': '1', 'aws:TagKeys': ['a'] });
    expect(requestTags([])).toEqual({});
  });
});

describe('conditions on numbers, times, truth and bytes', () => {
  const resource = { context: { 'x:n': '10', 'x:b': 'aGk=', 'ssm:Overwrite': 'true' } };
  it.each([
    [{ NumericEquals: { 'x:n': '10.0' } }, true],
    [{ NumericNotEquals: { 'x:n': 10 } }, false],
    [{ NumericLessThan: { 'x:n': 10 } }, false],
    [{ NumericLessThanEquals: { 'x:n': 10 } }, true],
    [{ NumericGreaterThan: { 'x:n': '9' } }, true],
    [{ NumericGreaterThanEquals: { 'x:n': '10.5' } }, false],
    [{ NumericEquals: { 'x:b': '10' } }, false],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-11-24T11:59:59Z' } }, true],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-11-24T13:30:00+01:00' } }, false],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-11-24T13:30:00+01:00' } }, true],
    [{ DateLessThanEquals: { 'aws:CurrentTime': '2026-11-24T12:00:00Z' } }, true],
    [{ DateEquals: { 'aws:CurrentTime': '2026-11-24T12:00:00.000Z' } }, true],
    [{ DateNotEquals: { 'aws:CurrentTime': '2026-11-24' } }, true],
    [{ DateGreaterThanEquals: { 'aws:CurrentTime': '1795521600' } }, true],
    [{ NumericGreaterThan: { 'aws:EpochTime': 1_795_521_599 } }, true],
    [{ DateLessThan: { 'aws:EpochTime': '2026-11-24T12:00:01Z' } }, true],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, true],
    [{ Bool: { 'aws:SecureTransport': false } }, false],
    [{ Bool: { 'ssm:Overwrite': 'TRUE' } }, true],
    [{ BinaryEquals: { 'x:b': 'aGk=' } }, true],
    [{ BinaryEquals: { 'x:b': 'aGo=' } }, false],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition, { resource })).toBe(expected);
  });
});

describe('conditions on addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.114.7', '203.0.113.0/24', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7', false],
    ['203.0.113.7', '0.0.0.0/0', true],
    ['10.127.255.255', '10.0.0.0/9', true],
    ['10.128.0.0', '10.0.0.0/9', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['::1', '::1/128', true],
    ['::1', '0.0.0.0/0', false],
    ['203.0.113.7', '::/0', false],
    ['::ffff:203.0.113.7', '203.0.113.0/24', true],
    ['::ffff:cb00:7107', '203.0.113.7', true],
    ['not an address', '0.0.0.0/0', false],
  ])('%s in %s: %p', (sourceIp, range, expected) => {
    expect(applies({ IpAddress: { 'aws:SourceIp': range } }, { caller: { ...alice, sourceIp } })).toBe(expected);
    expect(
      applies({ NotIpAddress: { 'aws:SourceIp': ['192.0.2.1', range] } }, { caller: { ...alice, sourceIp } }),
    ).toBe(!expected);
  });

  it.each([
    '10.0.0.0/-1',
    '10.0.0',
    '010.0.0.1',
    '256.1.1.1',
    '1:2:3',
    '::1::2',
    '2001:db8::/129',
    ':::',
    '10.0.0.0/8/8',
    '',
  ])('are refused with %p', (range) => {
    expect(() => applies({ IpAddress: { 'aws:SourceIp': range } })).toThrow(/an address or a range/);
  });
});

describe('conditions on ARNs', () => {
  it.each([
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:user/ops/alice' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/ops/*' } }, true],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:user/ops/alice' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': '*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }, false],
    [{ ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:user/ops/alice' } }, false],
    [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }, true],
    [{ ArnLike: { 'aws:username': 'arn:aws:iam::*:*' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:PrincipalAccount}:user/ops/${aws:username}' } }, true],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition)).toBe(expected);
  });
});

describe('keys that the caller brings', () => {
  it.each([
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/ci/deploy' } }, true],
    [{ StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }, true],
    [{ StringEquals: { 'aws:userid': 'AROADEPLOY:run-7' } }, true],
    [{ Null: { 'aws:username': 'true' } }, true],
    [{ DateLessThan: { 'aws:TokenIssueTime': '2026-11-24T11:30:00Z' } }, true],
    [{ DateLessThan: { 'aws:TokenIssueTime': '2026-11-24T10:30:00Z' } }, false],
    [{ StringEquals: { 'aws:PrincipalTag/Team': 'payments' } }, true],
    [{ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, true],
    [{ StringEquals: { 'aws:ResourceAccount': '123456789012' } }, true],
    [{ Bool: { 'aws:ViaAWSService': 'false' } }, true],
  ])('%j: %p', (condition, expected) => {
    expect(applies(condition, { caller: session })).toBe(expected);
  });

  it('are about tags of the thing by three names', () => {
    const resource = { tags: { env: 'prod', Env: 'dev' } };
    for (const key of ['aws:ResourceTag/env', 'ssm:resourceTag/env', 'ssm:ResourceTag/env']) {
      expect(applies({ StringEquals: { [key]: 'prod' } }, { resource })).toBe(true);
      expect(applies({ StringEquals: { [key]: 'dev' } }, { resource })).toBe(false);
    }
    expect(applies({ StringEquals: { 'ssm:resourceTag/ENV': 'prod' } }, { resource })).toBe(true);
    expect(applies({ StringEquals: { 'kms:ResourceTag/env': 'prod' } }, { resource })).toBe(false);
    expect(applies({ StringEquals: { 'ssm:resourceTag/constructor': 'x' } }, { resource })).toBe(false);
  });
});

describe('policy variables', () => {
  const owner = (value: string): Given => ({ resource: { tags: { owner: value } } });

  it('stand for values of the request', () => {
    const condition = { StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } };
    expect(applies(condition, owner('alice'))).toBe(true);
    expect(applies(condition, owner('bob'))).toBe(false);
    expect(applies({ StringLike: { 'aws:ResourceTag/owner': 'x-${AWS:UserName}-*' } }, owner('x-alice-1'))).toBe(true);
  });

  it('are plain text before version 2012-10-17', () => {
    const condition = { StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } };
    expect(applies(condition, { ...owner('alice'), version: '2008-10-17' })).toBe(false);
    expect(applies(condition, { ...owner('${aws:username}'), version: '2008-10-17' })).toBe(true);
  });

  it('have defaults', () => {
    const condition = { StringEquals: { 'aws:ResourceTag/owner': "${aws:PrincipalTag/owner, 'nobody'}" } };
    expect(applies(condition, owner('nobody'))).toBe(true);
    expect(applies(condition, { ...owner('eve'), tags: { owner: 'eve' } })).toBe(true);
  });

  it('write wildcards and dollars as themselves', () => {
    const condition = { StringLike: { 'aws:ResourceTag/owner': 'a${*}${?}${$}*' } };
    expect(applies(condition, owner('a*?$zz'))).toBe(true);
    expect(applies(condition, owner('abc$zz'))).toBe(false);
  });

  it('bring no wildcards of their own', () => {
    const condition = { StringLike: { 'aws:ResourceTag/owner': '${aws:PrincipalTag/owner}' } };
    expect(applies(condition, { ...owner('anybody'), tags: { owner: '*' } })).toBe(false);
    expect(applies(condition, { ...owner('*'), tags: { owner: '*' } })).toBe(true);
  });

  it('without a value open nothing and close what they close', () => {
    const unknown = '${aws:PrincipalTag/none}';
    expect(applies({ StringEquals: { 'aws:ResourceTag/owner': unknown } }, owner('alice'))).toBe(false);
    expect(applies({ StringNotEquals: { 'aws:ResourceTag/owner': unknown } }, owner('alice'))).toBe(false);
    expect(
      applies({ StringNotEquals: { 'aws:ResourceTag/owner': unknown } }, { ...owner('alice'), effect: 'Deny' }),
    ).toBe(true);
    expect(applies({ StringEquals: { 'aws:ResourceTag/owner': [unknown, 'alice'] } }, owner('alice'))).toBe(true);
  });

  it('stand in resources', () => {
    const may = (caller: Caller, Resource: string, name: string, Version = '2012-10-17') => {
      const document = parsePolicy(JSON.stringify({ Version, Statement: { Effect: 'Allow', Action: '*', Resource } }));
      const policies = {
        ...noPolicies,
        identity: [{ name: 'p', document }],
        ...(caller === alice && { userName: 'alice' }),
      };
      return decide(
        caller,
        policies,
        'ssm:GetParameter',
        [{ arn: `arn:aws:ssm:us-east-1:123456789012:parameter/${name}` }],
        now,
      ).allowed;
    };
    const home = 'arn:aws:ssm:*:*:parameter/home/${aws:username}/*';
    expect(may(alice, home, 'home/alice/x')).toBe(true);
    expect(may(alice, home, 'home/bob/x')).toBe(false);
    expect(may(session, home, 'home/bob/x')).toBe(false);
    expect(may(alice, home, 'home/alice/x', '2008-10-17')).toBe(false);
  });
});
