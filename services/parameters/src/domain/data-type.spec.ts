import { checkDataType, checkDataTypeFits, isImageId } from './data-type.js';

describe('a data type', () => {
  it.each(['text', 'aws:ec2:image', 'aws:ssm:integration'])('may be %s', (dataType) => {
    expect(() => checkDataType(dataType)).not.toThrow();
  });

  it.each(['Text', 'AWS:EC2:IMAGE', 'aws:ec2:instance', ''])('may not be %j', (dataType) => {
    expect(() => checkDataType(dataType)).toThrow(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  });

  const webhook = '/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/mine';

  it.each([
    ['String', 'aws:ec2:image', '/a'],
    ['SecureString', 'aws:ssm:integration', webhook],
    ['SecureString', 'text', '/a'],
  ] as const)('of %s may be %s: %s', (type, dataType, path) => {
    expect(() => checkDataTypeFits({ type, dataType }, path)).not.toThrow();
  });

  it.each([
    ['StringList', 'aws:ec2:image', '/a'],
    ['SecureString', 'aws:ec2:image', '/a'],
    ['String', 'aws:ssm:integration', webhook],
    ['SecureString', 'aws:ssm:integration', '/a'],
  ] as const)('of %s may not be %s: %s', (type, dataType, path) => {
    expect(() => checkDataTypeFits({ type, dataType }, path)).toThrow(
      expect.objectContaining({ code: 'ValidationException' }),
    );
  });

  it('of an image has an id of 8 or 17 digits', () => {
    expect(['ami-12345678', 'ami-0123456789abcdef0'].every(isImageId)).toBe(true);
    expect(
      ['ami-1234567', 'ami-123456789', 'AMI-12345678', 'ami-1234567G', ' ami-12345678', 'i-12345678'].some(isImageId),
    ).toBe(false);
  });
});
