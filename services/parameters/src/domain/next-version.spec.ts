import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import type { Valid } from '@muster/bus';

import { type VersionContent, nextVersion } from './next-version.js';
import { checkPutRequest, tagsOf } from './put-rules.js';

function aRequest(more: Partial<Valid<PutParameterRequest>> = {}): Valid<PutParameterRequest> {
  return { Name: '/a', Value: 'v', ...more };
}

const before: VersionContent = {
  type: 'String',
  value: 'old',
  tier: 'Standard',
  dataType: 'text',
  description: 'what it is',
  allowedPattern: '[a-z]+',
};

describe('putting a parameter', () => {
  it('needs a type when it is new', () => {
    expect(() => nextVersion(aRequest(), undefined)).toThrow(
      'A parameter type is required when you create a parameter.',
    );
    expect(nextVersion(aRequest({ Type: 'StringList' }), undefined)).toEqual({
      type: 'StringList',
      value: 'v',
      tier: 'Standard',
      dataType: 'text',
      description: null,
      allowedPattern: null,
    });
  });

  it('needs Overwrite when it is there already', () => {
    expect(() => nextVersion(aRequest({ Type: 'String' }), before)).toThrow(
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  });

  it('keeps what is not mentioned', () => {
    expect(nextVersion(aRequest({ Overwrite: true }), before)).toEqual({ ...before, value: 'v' });
  });

  it('changes what is mentioned; an empty pattern is none', () => {
    const request = aRequest({ Overwrite: true, Description: '', AllowedPattern: '', Tier: 'Advanced' });
    expect(nextVersion(request, before)).toMatchObject({ description: '', allowedPattern: null, tier: 'Advanced' });
  });

  it('never turns a plain parameter into a secret one', () => {
    expect(() => nextVersion(aRequest({ Overwrite: true, Type: 'SecureString' }), before)).toThrow(
      expect.objectContaining({ code: 'HierarchyTypeMismatchException' }),
    );
    expect(() => nextVersion(aRequest({ Type: 'SecureString' }), undefined)).toThrow(
      expect.objectContaining({ code: 'UnsupportedParameterType' }),
    );
  });

  it.each([
    [{ Value: '' }, /Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal/],
    [{ Value: 'a{{ssm:other}}' }, /can't nest another parameter/],
    [{ Value: 'a\0' }, /NUL/],
    [{ Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }, /tags and overwrite can't be used together/],
    [{ DataType: 'Text' }, /^The following data type is not supported: Text \(Data type names are all lowercase\.\)$/],
    [{ Type: 'String' as const, KeyId: 'alias/x' }, /KeyId/],
    [{ Policies: '[{"Type":"Expiration"}]' }, /policies/],
  ])('refuses %j', (more, message) => {
    expect(() => checkPutRequest(aRequest(more))).toThrow(message);
  });

  it('takes each tag once, and none of the reserved ones', () => {
    expect(tagsOf([{ Key: 'role', Value: 'web' }])).toEqual({ role: 'web' });
    expect(tagsOf(undefined)).toEqual({});
    expect(() => tagsOf([{ Key: 'AWS:x', Value: '' }])).toThrow(/aws:/);
    const odd = { Key: '__proto__', Value: 'x' };
    expect(Object.entries(tagsOf([odd]))).toEqual([['__proto__', 'x']]);
    expect(() => tagsOf([odd, odd])).toThrow(/Duplicate/);
  });
});
