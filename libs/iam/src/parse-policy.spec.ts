import { administratorPolicy } from './policy.js';
import { MalformedPolicy, parsePolicy } from './parse-policy.js';

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
    ['conditions', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, /Condition is not supported/],
    ['principals', { Principal: '*' }, /Principal is not supported/],
    ['an element in the wrong case', { effect: 'Deny' }, /effect is not supported/],
    ['policy variables', { Resource: 'arn:aws:ssm:*:*:parameter/${aws:username}' }, /policy variable/],
    ['an unknown effect', { Effect: 'allow' }, /Effect must be/],
    ['Action beside NotAction', { NotAction: 'ssm:*' }, /exactly one of Action and NotAction/],
    ['no resource', { Resource: undefined }, /exactly one of Resource and NotResource/],
    ['an empty list', { Action: [] }, /must not be empty/],
    ['an action without service', { Action: 'GetParameter' }, /service:Action/],
    ['a wildcard as the service of an action', { Action: 's*:GetParameter' }, /service:Action/],
    ['a resource that is no ARN', { Resource: 'parameter/x' }, /an ARN/],
    ['a wildcard as the service of a resource', { Resource: 'arn:aws:*:us-east-1:1:x' }, /wildcard as its service/],
    ['a number as action', { Action: [7] }, /list of texts/],
    ['a Sid with blanks', { Sid: 'a b' }, /letters and digits/],
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
});
