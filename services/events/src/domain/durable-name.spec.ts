import { durableName, namedAt } from './durable-name.js';

describe("a durable's name", () => {
  it('can be one token of a subject, and tells when it was given', () => {
    const name = durableName('018f0d50-1a2b-7c3d-8e4f-0123456789ab');
    expect(name).toBe('sub-018f0d501a2b7c3d8e4f0123456789ab');
    expect(namedAt(name)).toEqual(new Date(0x018f0d501a2b));
  });

  it("is not mistaken for a service's", () => {
    expect(namedAt('commands-wake-node')).toBeUndefined();
    expect(namedAt('sub-')).toBeUndefined();
  });
});
