import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import type { Valid } from '@muster/bus';

import { type VersionContent, nextVersion as makeNextVersion } from './next-version.js';
import { checkPutRequest } from './put-rules.js';

const nextVersion = (input: Valid<PutParameterRequest>, before: VersionContent | undefined) =>
  makeNextVersion(input, before, { byDefault: 'Standard', standardIsFull: false });

function aRequest(more: Partial<Valid<PutParameterRequest>> = {}): Valid<PutParameterRequest> {
  return { Name: '/a', Value: 'v', ...more };
}

const before: VersionContent = {
  type: 'String',
  value: 'old',
  keyId: null,
  tier: 'Standard',
  dataType: 'text',
  description: 'what it is',
  allowedPattern: '[a-z]+',
  policies: [],
};

describe('putting a parameter', () => {
  it('needs a type when it is new', () => {
    expect(() => nextVersion(aRequest(), undefined)).toThrow(
      'A parameter type is required when you create a parameter.',
    );
    expect(nextVersion(aRequest({ Type: 'StringList' }), undefined)).toEqual({
      type: 'StringList',
      value: 'v',
      keyId: null,
      tier: 'Standard',
      dataType: 'text',
      description: null,
      allowedPattern: null,
      policies: [],
    });
  });

  it('needs Overwrite when it is there already', () => {
    expect(() => nextVersion(aRequest({ Type: 'String' }), before)).toThrow(
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  });

  it('keeps what is not mentioned', () => {
    expect(nextVersion(aRequest({ Overwrite: true }), before)).toEqual({ ...before, value: 'v' });
    const NoChange = '{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}';
    const rich = { ...before, tier: 'Advanced', dataType: 'aws:ec2:image', policies: [NoChange] } as const;
    expect(nextVersion(aRequest({ Overwrite: true }), rich)).toEqual({ ...rich, value: 'v' });
  });

  it('measures the value in bytes, not in characters', () => {
    const put = (Value: string) => nextVersion(aRequest({ Type: 'String', Value }), undefined);
    expect(put('ä'.repeat(2048)).tier).toBe('Standard');
    expect(() => put('ä'.repeat(2048) + 'a')).toThrow(/4096/);
  });

  it('with no tags at all may overwrite', () => {
    expect(() => checkPutRequest(aRequest({ Overwrite: true, Tags: [] }), new Date())).not.toThrow();
  });

  it('changes what is mentioned; an empty pattern is none', () => {
    const request = aRequest({ Overwrite: true, Description: '', AllowedPattern: '', Tier: 'Advanced' });
    expect(nextVersion(request, before)).toMatchObject({ description: '', allowedPattern: null, tier: 'Advanced' });
  });

  it('never turns a plain parameter into a secret one', () => {
    expect(() => nextVersion(aRequest({ Overwrite: true, Type: 'SecureString' }), before)).toThrow(
      expect.objectContaining({ code: 'HierarchyTypeMismatchException' }),
    );
    const secret: VersionContent = { ...before, type: 'SecureString', keyId: 'alias/mine' };
    expect(() => nextVersion(aRequest({ Overwrite: true, Type: 'String' }), secret)).toThrow(
      expect.objectContaining({ code: 'HierarchyTypeMismatchException' }),
    );
  });

  it('seals a secret with the key that is named, else with the one before, else with the default', () => {
    const secret = nextVersion(aRequest({ Type: 'SecureString' }), undefined);
    expect(secret.keyId).toBe('alias/aws/ssm');
    const mine = nextVersion(aRequest({ Overwrite: true, KeyId: 'alias/mine' }), secret);
    expect(mine.keyId).toBe('alias/mine');
    expect(nextVersion(aRequest({ Overwrite: true }), mine).keyId).toBe('alias/mine');
    expect(() => nextVersion(aRequest({ Overwrite: true, KeyId: 'alias/mine' }), before)).toThrow(/KeyId/);
  });

  it.each([
    [{ Value: '' }, /Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal/],
    [{ Value: 'a{{ssm:other}}' }, /can't nest another parameter/],
    [{ Value: 'a {{ other }} b' }, /^Parameter value can't nest another parameter\. Do not use "{{}}" in the value\.$/],
    [{ Value: '{{\n}}' }, /can't nest another parameter/],
    [{ Value: 'a\0' }, /NUL/],
    [{ Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }, /tags and overwrite can't be used together/],
    [{ DataType: 'Text' }, /^The following data type is not supported: Text \(Data type names are all lowercase\.\)$/],
    [{ Policies: '[{"Type":"Rotation"}]' }, /The policy type isn't supported/],
  ])('refuses %j', (more, message) => {
    expect(() => checkPutRequest(aRequest(more), new Date())).toThrow(message);
  });
});
