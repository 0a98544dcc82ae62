import { wrongInAnswer } from './wrong-in-answer.js';

describe('an answer', () => {
  it('as the model says is right', () => {
    const Parameter = { Name: '/a', Type: 'String', Value: 'v', Version: 1, LastModifiedDate: 1_700_000_000.123 };
    expect(wrongInAnswer('ssm', 'GetParameter', { Parameter })).toEqual([]);
    expect(wrongInAnswer('sts', 'GetCallerIdentity', {})).toEqual([]);
  });

  it('is told what is wrong with it, wherever that is', () => {
    const Parameters = [{ Name: 1, Type: 'Strange', Version: 1.5, Extra: true, LastModifiedDate: 'now' }];
    expect(wrongInAnswer('ssm', 'GetParameters', { Parameters, InvalidParameters: {} }).sort()).toEqual([
      'GetParameters.InvalidParameters is no list',
      'GetParameters.Parameters[0].Extra is not in the model',
      'GetParameters.Parameters[0].LastModifiedDate is no number',
      'GetParameters.Parameters[0].Name is no text',
      'GetParameters.Parameters[0].Type is Strange, which is not of the enum',
      'GetParameters.Parameters[0].Version is no whole number',
    ]);
    expect(wrongInAnswer('kms', 'DescribeKey', { KeyMetadata: {} })).toEqual([
      'DescribeKey.KeyMetadata.KeyId is absent',
    ]);
  });
});
