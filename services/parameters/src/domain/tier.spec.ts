import { asksHowMany, tierFor } from './tier.js';

const standard = { byDefault: 'Standard', standardIsFull: false } as const;
const intelligent = { byDefault: 'Intelligent-Tiering', standardIsFull: false } as const;

const ask = (more: Partial<Parameters<typeof tierFor>[0]>) =>
  tierFor({ asked: undefined, current: undefined, valueBytes: 1, hasPolicies: false, tiers: standard, ...more });

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

  it('is Advanced where there are policies', () => {
    expect(() => ask({ hasPolicies: true })).toThrow(/^Standard tier parameters don't support parameter policies\./);
    expect(ask({ asked: 'Advanced', hasPolicies: true })).toBe('Advanced');
  });

  it('is chosen by the size when asked to be intelligent', () => {
    expect(ask({ asked: 'Intelligent-Tiering', valueBytes: 4096 })).toBe('Standard');
    expect(ask({ asked: 'Intelligent-Tiering', valueBytes: 4097 })).toBe('Advanced');
    expect(ask({ asked: 'Intelligent-Tiering', hasPolicies: true })).toBe('Advanced');
  });

  it("is the account's default for a new one that asks for none, and what it was for an old one", () => {
    expect(ask({ tiers: { ...standard, byDefault: 'Advanced' } })).toBe('Advanced');
    expect(ask({ tiers: { ...standard, byDefault: 'Advanced' }, asked: 'Standard' })).toBe('Standard');
    expect(ask({ tiers: { ...standard, byDefault: 'Advanced' }, current: 'Standard' })).toBe('Standard');
    expect(ask({ tiers: intelligent, valueBytes: 4097 })).toBe('Advanced');
    expect(ask({ tiers: intelligent, valueBytes: 4097, current: 'Standard' })).toBe('Advanced');
    expect(ask({ tiers: intelligent })).toBe('Standard');
  });

  it('is Advanced for a new one when there are as many standard ones as may be, and it is to be intelligent', () => {
    const full = { ...intelligent, standardIsFull: true };
    expect(ask({ tiers: full })).toBe('Advanced');
    expect(ask({ tiers: full, asked: 'Standard' })).toBe('Standard');
    expect(ask({ tiers: full, current: 'Standard' })).toBe('Standard');
    expect(ask({ tiers: { ...full, byDefault: 'Standard' } })).toBe('Standard');
    expect(asksHowMany({ asked: undefined, current: undefined, byDefault: 'Intelligent-Tiering' })).toBe(true);
    expect(asksHowMany({ asked: 'Standard', current: undefined, byDefault: 'Intelligent-Tiering' })).toBe(false);
    expect(asksHowMany({ asked: 'Intelligent-Tiering', current: 'Standard', byDefault: 'Standard' })).toBe(false);
  });
});
