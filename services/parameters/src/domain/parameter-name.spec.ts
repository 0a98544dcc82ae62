import { ApiError } from '@muster/aws-protocol';
import fc from 'fast-check';

import { isWellFormed, nameToWrite, parameterArn, parentOf, pathOf } from './parameter-name.js';

const scope = { account: '123456789012', region: 'us-east-2' };

function refusal(name: string): ApiError {
  try {
    nameToWrite(name, scope);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

describe('the name of a parameter', () => {
  it.each(['a', '/a', '/a/b', 'a.b-c_D', '/a/aws', '/a/ssm/x', '/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15'])(
    'may be %s',
    (name) => expect(nameToWrite(name, scope)).toBe(name),
  );

  it('loses the blanks around it', () => expect(nameToWrite('  /a/b ', scope)).toBe('/a/b'));

  it.each(['a/b', 'a/b/c'])('without a slash before it has no levels: %s', (name) =>
    expect(refusal(name)).toMatchObject({
      code: 'ValidationException',
      message: 'Parameter name must be a fully qualified name.',
    }),
  );

  it.each(['/a//b', '//a', '/a/', 'a b', '/a/b c', 'ä', 'a:1', '/', '/a/$'])('is not %s', (name) =>
    expect(refusal(name)).toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(
        /each sub-path can be formed as a mix of letters, numbers and the following 3 symb/,
      ),
    }),
  );

  it.each(['aws', 'AWSfoo', '/ssm', 'SsmThing', '/awsome'])('does not begin with what is reserved: %s', (name) =>
    expect(refusal(name).message).toBe('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'),
  );

  it('keeps /aws to the public parameters, and /ssm to nobody', () => {
    expect(refusal('/aws/test')).toMatchObject({
      code: 'AccessDeniedException',
      message: 'No access to reserved parameter name: /aws/test.',
    });
    expect(refusal('/ssm/test').message).toMatch(/can't be prefixed with "ssm".*sub-paths/);
  });

  it('has 15 levels and 1,011 characters with its ARN, at most', () => {
    expect(refusal(`/l${'/l'.repeat(15)}`)).toMatchObject({ code: 'HierarchyLevelLimitExceededException' });
    expect(parameterArn(scope, '/').length).toBe(45);
    expect(nameToWrite('x'.repeat(1011 - 45), scope)).toHaveLength(966);
    expect(refusal('x'.repeat(1011 - 44)).code).toBe('ValidationException');
  });

  it('is found however it was written, under one ARN', () => {
    expect(pathOf('a')).toBe(pathOf('/a'));
    expect(parameterArn(scope, pathOf('a'))).toBe('arn:aws:ssm:us-east-2:123456789012:parameter/a');
  });

  it('lies in exactly one level', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,9}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 15 }), (parts) => {
        const path = `/${parts.join('/')}`;
        expect(isWellFormed(path)).toBe(true);
        const parent = parentOf(path);
        expect(`${parent === '/' ? '' : parent}/${parts.at(-1)}`).toBe(path);
      }),
    );
  });
});
