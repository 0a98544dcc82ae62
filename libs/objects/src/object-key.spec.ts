import { objectKey } from './object-key.js';

describe('an object key', () => {
  it('begins with account, region and kind', () => {
    expect(objectKey({ account: '123456789012', region: 'us-east-1' }, 'command-output', 'a', 'stdout')).toBe(
      '123456789012/us-east-1/command-output/a/stdout',
    );
  });

  it('lets no part climb into another', () => {
    expect(objectKey({ account: '1', region: 'r' }, 'k', '../x/y')).toBe('1/r/k/..%2Fx%2Fy');
  });
});
