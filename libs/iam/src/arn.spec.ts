import { formatArn, parseArn } from './arn.js';

describe('an ARN', () => {
  it('is taken apart and put together again', () => {
    const text = 'arn:aws:logs:us-east-1:123456789012:log-group:a:b';
    const arn = parseArn(text);
    expect(arn).toEqual({
      partition: 'aws',
      service: 'logs',
      region: 'us-east-1',
      account: '123456789012',
      resource: 'log-group:a:b',
    });
    expect(formatArn(arn!)).toBe(text);
  });

  it.each(['', '*', 'arn:aws:ssm', 'arn:aws:ssm:r:a:', 'urn:aws:ssm:r:a:x'])('is not %p', (text) => {
    expect(parseArn(text)).toBeUndefined();
  });
});
