import { missingOn } from './server-version.js';

describe('an older nats-server', () => {
  it('is named for what it lacks', () => {
    expect(missingOn('2.12.15')).toEqual([]);
    expect(missingOn('2.14.0-RC.1')).toEqual([]);
    expect(missingOn('2.11.4')).toHaveLength(1);
    expect(missingOn('2.9.10')).toHaveLength(3);
  });

  it('is refused below the floor', () => {
    expect(() => missingOn('2.9.9')).toThrow(/2\.9\.9 is too old: 2\.9\.10/);
    expect(() => missingOn('1.4.1')).toThrow(/too old/);
  });
});
