import fc from 'fast-check';

import { administratorPolicy } from './policy.js';
import { MalformedPolicy } from './malformed-policy.js';
import { parsePolicy } from './parse-policy.js';

const statement = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' };
const parse = (document: unknown) => parsePolicy(JSON.stringify(document));
const withStatement = (more: object) => parse({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] });

describe('a policy document', () => {
  it('may say one value or a list', () => {
    expect(parse({ Statement: statement })).toEqual({
      Statement: [{ Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: ['*'] }],
    });
    expect(withStatement({ Action: ['ssm:Get*', 'sts:*'] }).Statement[0]?.Action).toEqual(['ssm:Get*', 'sts:*']);
  });

  it('is read back as the same document', () => {
    expect(parse(administratorPolicy)).toEqual(administratorPolicy);
  });

  it.each([
    ['principals', { Principal: '*' }, /should not specify a principal/],
    [
      'an unknown operator',
      { Condition: { StringMatches: { 'aws:username': 'a' } } },
      /Invalid Condition type : StringMatches/,
    ],
    ['Null with IfExists', { Condition: { NullIfExists: { 'aws:username': 'true' } } }, /Invalid Condition type/],
    ['a key without service', { Condition: { StringEquals: { username: 'a' } } }, /prefaced by a vendor/],
    ['a condition without values', { Condition: { StringEquals: { 'aws:username': [] } } }, /must not be empty/],
    ['an object as value', { Condition: { StringEquals: { 'aws:username': {} } } }, /must be a text, a number/],
    ['a list as conditions', { Condition: [] }, /must be a JSON object/],
    ['a number that is none', { Condition: { NumericLessThan: { 's3:max-keys': 'ten' } } }, /must be a number/],
    ['a date that is none', { Condition: { DateLessThan: { 'aws:CurrentTime': '24.11.2026' } } }, /must be a date/],
    ['a range that is none', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } }, /an address or a range/],
    ['a truth that is none', { Condition: { Bool: { 'aws:SecureTransport': 'yes' } } }, /true or false/],
    ['a Null that is none', { Condition: { Null: { 'aws:username': 'no' } } }, /true or false/],
    ['an element in the wrong case', { effect: 'Deny' }, /effect is not supported/],
    ['a broken policy variable', { Resource: 'arn:aws:ssm:*:*:parameter/${aws:username' }, /policy variable/],
    ['an unknown effect', { Effect: 'allow' }, /Effect must be/],
    ['Action beside NotAction', { NotAction: 'ssm:*' }, /exactly one of Action and NotAction/],
    ['no resource', { Resource: undefined }, /exactly one of Resource and NotResource/],
    ['an empty list', { Action: [] }, /must not be empty/],
    ['an action without service', { Action: 'GetParameter' }, /service:Action/],
    ['a wildcard as the service of an action', { Action: 's*:GetParameter' }, /service:Action/],
    ['a resource that is no ARN', { Resource: 'parameter/x' }, /an ARN/],
    ['a wildcard as the service of a resource', { Resource: 'arn:aws:*:us-east-1:1:x' }, /wildcard as its service/],
    ['a number as action', { Action: [7] }, /list of texts/],
    ['a Sid with blanks', { Sid: 'a b' }, /alpha-numeric/],
  ])('is refused with %s', (_what, more, message) => {
    expect(() => withStatement(more)).toThrow(MalformedPolicy);
    expect(() => withStatement(more)).toThrow(message);
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /must be a JSON object/],
    ['{"Version":"2012-10-17"}', /at least one Statement/],
    ['{"Version":"2020-01-01","Statement":[]}', /Version must be/],
    ['{"Statement":[],"Owner":"me"}', /Owner is not supported/],
    ['{"Statement":[7]}', /Statement 1 must be a JSON object/],
  ])('is refused when it is %s', (text, message) => {
    expect(() => parsePolicy(text)).toThrow(message);
  });

  it('has each Sid once', () => {
    expect(() =>
      parse({
        Statement: [
          { ...statement, Sid: 'a' },
          { ...statement, Sid: 'a' },
        ],
      }),
    ).toThrow(/unique/);
  });

  it('has principals when it is of a resource, by kind', () => {
    const policy = (more: object, kind: 'resource' | 'trust' | 'key' = 'resource') =>
      parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] }), kind);
    expect(
      policy({ Principal: { AWS: '123456789012', Service: ['ssm.amazonaws.com'] } }).Statement[0]!.Principal,
    ).toEqual({
      AWS: ['123456789012'],
      Service: ['ssm.amazonaws.com'],
    });
    expect(policy({ Effect: 'Deny', NotPrincipal: '*' }).Statement[0]!.NotPrincipal).toBe('*');
    const bob = 'arn:aws:iam::123456789012:user/bob';
    const trust = { Principal: { AWS: bob }, Resource: undefined };
    expect(policy(trust, 'trust').Statement[0]).not.toHaveProperty('Resource');

    expect(() => policy({})).toThrow(/Missing required field Principal/);
    expect(() => policy({ Principal: 'everybody' })).toThrow(/Invalid principal/);
    expect(() => policy({ Principal: {} })).toThrow(/Invalid principal/);
    expect(() => policy({ Principal: { User: bob } })).toThrow(/Invalid principal/);
    expect(() => policy({ Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } })).toThrow(/no wildcards/);
    expect(() => policy({ NotPrincipal: { AWS: bob } })).toThrow(/goes with Deny only/);
    expect(() => policy({ ...trust, NotPrincipal: '*', Principal: undefined }, 'trust')).toThrow(/prohibited field/);
    expect(() => policy({ Principal: '*' }, 'trust')).toThrow(/prohibited field Resource/);
    expect(() => policy({ Principal: '*', Resource: 'arn:aws:kms:*:*:key/1' }, 'key')).toThrow(/must be "\*"/);
  });

  it('takes numbers and truth values as condition values', () => {
    const { Condition } = withStatement({
      Condition: { Bool: { 'ssm:Overwrite': false }, NumericEquals: { 'a:b': [1, 2.5] } },
    }).Statement[0]!;
    expect(Condition).toEqual({ Bool: { 'ssm:Overwrite': ['false'] }, NumericEquals: { 'a:b': ['1', '2.5'] } });
  });

  it('is read, or refused as malformed, whatever the text', () => {
    const word = fc.constantFrom(
      ...[
        'Version',
        'Statement',
        'Sid',
        'Effect',
        'Allow',
        'Deny',
        'Action',
        'NotAction',
        'Resource',
        'Principal',
        'AWS',
      ],
      ...[
        'Condition',
        'StringLike',
        'ForAllValues:DateLessThanIfExists',
        'IpAddress',
        'Null',
        'aws:username',
        '${aws:username}',
      ],
      ...['2012-10-17', '*', 'ssm:*', 'arn:aws:ssm:::x', '${', '__proto__', 'constructor', ''],
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        word,
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(word, tie('tree')),
      ),
    }));
    const almost = fc.record(
      { Effect: fc.constant('Allow'), Action: tree, Resource: tree, Condition: tree, Principal: tree },
      { requiredKeys: ['Effect'] },
    );
    const texts = fc.oneof(
      fc.string(),
      tree.map((value) => JSON.stringify(value)),
      almost.map((value) => JSON.stringify({ Version: '2012-10-17', Statement: value })),
    );
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom('identity' as const, 'resource' as const, 'trust' as const, 'key' as const),
        (text, kind) => {
          try {
            expect(parsePolicy(text, kind).Statement.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedPolicy);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('keeps nobody waiting who must be answered meanwhile, however it is made', () => {
    const many = 60_000;
    const hostile = [
      { Resource: `\${a:${' '.repeat(many)}'}` },
      { Resource: `arn:aws:ssm:*:*:\${a:b${' '.repeat(many)}'}` },
      { Resource: '${'.repeat(many) },
      { Condition: { StringLike: { 'aws:username': `\${a:${'b '.repeat(many)}'}` } } },
    ];
    for (const more of hostile) {
      const began = performance.now();
      expect(() => withStatement(more)).toThrow(MalformedPolicy);
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });

  it('may have blanks around the key of a variable, and in it', () => {
    expect(
      withStatement({ Resource: "arn:aws:ssm:*:*:parameter/${ aws:PrincipalTag/my team , 'none' }" }),
    ).toBeDefined();
  });
});
