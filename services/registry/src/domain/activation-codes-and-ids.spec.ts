import { randomBytes } from 'node:crypto';

import { hashActivationCode, newActivationCode } from './activation-code.js';
import { isNodeId, newNodeId } from './node-id.js';

describe('activation codes and node ids', () => {
  it('have the forms that AWS promises', () => {
    expect(newActivationCode(randomBytes)).toMatch(/^[A-Za-z0-9+/]{20}$/);
    expect(newNodeId(randomBytes)).toMatch(/^mi-[0-9a-f]{17}$/);
    expect(isNodeId(newNodeId(randomBytes))).toBe(true);
    expect(isNodeId('mi-0123456789abcdef0.x')).toBe(false);
  });

  it('are others each time', () => {
    const made = new Set(Array.from({ length: 200 }, () => newActivationCode(randomBytes) + newNodeId(randomBytes)));
    expect(made.size).toBe(200);
  });

  it('are kept as a hash that depends on every character', () => {
    expect(hashActivationCode('a'.repeat(20))).not.toEqual(hashActivationCode('a'.repeat(19) + 'b'));
  });
});
