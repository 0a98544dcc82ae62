import { roleSessionSeconds, sessionTags } from './session-rules.js';

const nothing = { tags: {}, transitiveTagKeys: [] };

describe('a session of a role', () => {
  it('lasts an hour, or as long as asked for, never longer than the role allows', () => {
    expect(roleSessionSeconds(undefined, 7200, false)).toBe(3600);
    expect(roleSessionSeconds(7200, 7200, false)).toBe(7200);
    expect(() => roleSessionSeconds(7201, 7200, false)).toThrow(/MaxSessionDuration/);
  });

  it('lasts an hour at most when it was assumed by a session', () => {
    expect(roleSessionSeconds(3600, 7200, true)).toBe(3600);
    expect(() => roleSessionSeconds(3601, 7200, true)).toThrow(/role chaining/);
  });

  it('hands on the tags that are transitive, and no others', () => {
    const one = sessionTags({ team: 'red', stage: 'prod' }, ['Team'], nothing);
    expect(one.tags).toEqual({ team: 'red', stage: 'prod' });
    const two = sessionTags({ own: 'x' }, [], one);
    expect(two.tags).toEqual({ team: 'red', own: 'x' });
    expect(sessionTags({}, [], two).tags).toEqual({ team: 'red' });
  });

  it('cannot replace what was handed on', () => {
    const one = sessionTags({ team: 'red' }, ['team'], nothing);
    expect(() => sessionTags({ TEAM: 'blue' }, [], one)).toThrow(/conflicts with a transitive tag key/);
    expect(() => sessionTags({ a: 'b' }, ['c'], nothing)).toThrow(/must be included/);
  });
});
