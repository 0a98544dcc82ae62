import { randomBytes } from 'node:crypto';

import { newAccessKey, newUserId } from './new-access-key.js';

describe('a new access key', () => {
  it('has the form that clients and scanners know', () => {
    const key = newAccessKey(randomBytes);
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(newUserId(randomBytes)).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  it('is another one each time', () => {
    const keys = new Set(Array.from({ length: 100 }, () => newAccessKey(randomBytes).accessKeyId));
    expect(keys.size).toBe(100);
  });
});
