import { shows } from './transcript.js';

describe('what the README shows', () => {
  it('is matched with blanks as blanks and … as anything', () => {
    expect(shows('{ "Arn": "arn:…:user/admin" }', '{\n  "Arn": "arn:aws:iam::1:user/admin"\n}\n')).toBe(true);
    expect(shows('Success', 'Failed')).toBe(false);
    expect(shows('a.c', 'abc')).toBe(false);
  });
});
