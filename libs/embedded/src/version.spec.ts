import { compareVersions, newest } from './version.js';

describe('versions', () => {
  it.each([
    ['2.9.10', '2.10.27', -1],
    ['2.12.15', '2.12.9', 1],
    ['v2.12.15', '2.12.15', 0],
    ['2.12.15-RC.1', '2.12.15', 0],
    ['10.0.0', '9.9.9', 1],
  ])('%s against %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign);
    expect(newest(one, other)).toBe(sign < 0 ? other : one);
  });
});
