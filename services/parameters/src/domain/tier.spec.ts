import { tierFor } from './tier.js';

const ask = (more: Partial<Parameters<typeof tierFor>[0]>) =>
  tierFor({ asked: undefined, current: undefined, valueBytes: 1, hasPolicies: false, ...more });

describe('the tier of a parameter', () => {
  it('is Standard unless something else is said', () => {
    expect(ask({})).toBe('Standard');
    expect(ask({ asked: 'Advanced' })).toBe('Advanced');
  });

  it('stays when it is not mentioned', () => {
    expect(ask({ current: 'Advanced' })).toBe('Advanced');
    expect(ask({ current: 'Advanced', asked: 'Intelligent-Tiering' })).toBe('Advanced');
  });

  it('goes up at any time, and never down', () => {
    expect(ask({ current: 'Standard', asked: 'Advanced' })).toBe('Advanced');
    expect(() => ask({ current: 'Advanced', asked: 'Standard' })).toThrow(/can't downgrade/);
  });

  it('limits the value to 4 and 8 KB', () => {
    expect(ask({ valueBytes: 4096 })).toBe('Standard');
    expect(() => ask({ valueBytes: 4097 })).toThrow(
      /^Standard tier parameters support a maximum .* of 4096 characters/,
    );
    expect(ask({ asked: 'Advanced', valueBytes: 8192 })).toBe('Advanced');
    expect(() => ask({ asked: 'Advanced', valueBytes: 8193 })).toThrow(/8192/);
  });

  it('is chosen by the size when asked to be intelligent', () => {
    expect(ask({ asked: 'Intelligent-Tiering', valueBytes: 4096 })).toBe('Standard');
    expect(ask({ asked: 'Intelligent-Tiering', valueBytes: 4097 })).toBe('Advanced');
  });
});
