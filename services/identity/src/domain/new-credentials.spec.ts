import { randomBytes } from 'node:crypto';

import { newAccessKey, newAccountId, newSessionToken, newUniqueId } from './new-credentials.js';

describe('new credentials', () => {
  it('have the form that clients and scanners know', () => {
    const key = newAccessKey(randomBytes);
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(newAccessKey(randomBytes, 'ASIA').accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(newSessionToken(randomBytes)).toMatch(/^[A-Za-z0-9+/]{128}$/);
    expect(newAccountId(randomBytes)).toMatch(/^[1-9]\d{11}$/);
    expect(newUniqueId(randomBytes, 'User')).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(newUniqueId(randomBytes, 'Role')).toMatch(/^AROA[A-Z2-7]{17}$/);
  });

  it('are others each time', () => {
    const keys = new Set(Array.from({ length: 100 }, () => newAccessKey(randomBytes).accessKeyId));
    expect(keys.size).toBe(100);
  });
});
