import { busUsers } from './users.js';

/** Whether a pattern of the broker permits a subject. */
function permits(patterns: readonly string[], subject: string): boolean {
  const tokens = subject.split('.');
  return patterns.some((pattern) => {
    const parts = pattern.split('.');
    const open = parts.at(-1) === '>';
    if (open ? tokens.length < parts.length : tokens.length !== parts.length) return false;
    return (open ? parts.slice(0, -1) : parts).every((part, i) => part === '*' || part === tokens[i]);
  });
}

const all = Object.entries(busUsers);
const mayPublish = (subject: string) => all.filter(([, user]) => permits(user.publish, subject)).map(([name]) => name);
const maySubscribe = (subject: string) =>
  all.filter(([, user]) => permits(user.subscribe, subject)).map(([name]) => name);

describe('the users of the bus', () => {
  it('cannot forge a caller: only the gateway publishes calls', () => {
    expect(mayPublish('api.ssm.PutParameter')).toEqual(['gateway']);
    expect(mayPublish('public.muster.EnrolNode')).toEqual(['gateway']);
  });

  it('announce only their own events', () => {
    expect(mayPublish('events.123456789012.us-east-1.parameters.changed')).toEqual(['parameters']);
    expect(mayPublish('events.123456789012.us-east-1.registry.node-registered')).toEqual(['registry']);
  });

  it('reach nodes from FLEET alone, and there nothing else', () => {
    expect(mayPublish('node.mi-1.epoch.invoke')).toEqual(['commands-fleet']);
    expect(busUsers['commands-fleet']!.publish.every((each) => each.startsWith('node.'))).toBe(true);
  });

  it('change streams only when they set the bus up, and never remove one', () => {
    for (const stream of ['EVENTS', 'FLEET', 'OUTPUT', 'KV_operations', 'OBJ_objects']) {
      for (const verb of ['CREATE', 'UPDATE'])
        expect(mayPublish(`$JS.API.STREAM.${verb}.${stream}`)).toEqual(['setup']);
      for (const verb of ['DELETE', 'RESTORE', 'SNAPSHOT']) {
        expect(mayPublish(`$JS.API.STREAM.${verb}.${stream}`)).toEqual([]);
      }
      expect(mayPublish(`$JS.API.STREAM.MSG.DELETE.${stream}`)).toEqual([]);
    }
    expect(mayPublish('$JS.API.STREAM.PURGE.EVENTS')).toEqual([]);
    expect(mayPublish('$JS.API.STREAM.PURGE.FLEET')).toEqual([]);
  });

  it('pull and acknowledge only their own durables', () => {
    expect(mayPublish('$JS.API.CONSUMER.MSG.NEXT.FLEET.commands-take-status')).toEqual(['commands']);
    expect(mayPublish('$JS.ACK.FLEET.commands-take-status.1.2.3.4.5')).toEqual(['commands']);
    expect(mayPublish('$JS.API.CONSUMER.MSG.NEXT.EVENTS.somebody-else')).toEqual([]);
    expect(mayPublish('$JS.API.CONSUMER.CREATE.FLEET.another.fleet.*.status')).toEqual([]);
  });

  it('read only their own inboxes, and nobody reads all', () => {
    for (const [name, user] of all) {
      expect(user.subscribe.filter((each) => each.startsWith('_INBOX'))).toEqual([`_INBOX_${name}.>`]);
      expect([...user.publish, ...user.subscribe].filter((each) => each === '>' || each.startsWith('*'))).toEqual([]);
    }
    expect(maySubscribe('events.123456789012.us-east-1.parameters.changed')).toEqual([]);
    expect(maySubscribe('fleet.mi-1.status')).toEqual([]);
    expect(maySubscribe('$SYS.REQ.CLAIMS.UPDATE')).toEqual([]);
  });

  it('say the revision of identity only as identity', () => {
    expect(mayPublish('identity.revision')).toEqual(['identity']);
  });

  it('do nothing but make streams when they set the bus up', () => {
    expect(busUsers['setup']!.publish.filter((each) => !each.startsWith('$JS.API.'))).toEqual([]);
    expect(permits(busUsers['setup']!.publish, '$JS.API.STREAM.MSG.GET.EVENTS')).toBe(false);
  });
});
