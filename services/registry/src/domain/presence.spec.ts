import fc from 'fast-check';

import { type Judgement, type Presence, judgeHeartbeat, judgeHello, lost } from './presence.js';

const silenceMs = 30_000;
const start = Date.parse('2026-11-24T12:00:00Z');
const at = (ms: number) => ({ now: new Date(start + ms), silenceMs });
const unheard: Presence = { nodeId: 'mi-0123456789abcdef0', connected: false };
const machine = { fingerprint: 'machine-1', bootId: 'boot-1', connectionId: 'connection-1' };
const clone = { fingerprint: 'machine-2', bootId: 'boot-9', connectionId: 'connection-9' };

function presenceOf(judgement: Judgement): Presence {
  if (judgement.kind === 'ignored') throw new Error('it was ignored');
  return judgement.presence;
}

function online(): Presence {
  return presenceOf(judgeHello(unheard, machine, 'epoch-1', at(0)));
}

describe('a hello', () => {
  it('is granted an epoch, and the node has come', () => {
    expect(judgeHello(unheard, machine, 'epoch-1', at(0))).toMatchObject({
      kind: 'alive',
      came: true,
      presence: { connected: true, epoch: 'epoch-1', ...machine },
    });
  });

  it('that is repeated gets the same epoch, and nothing has happened', () => {
    expect(judgeHello(online(), machine, 'epoch-2', at(5))).toMatchObject({
      kind: 'alive',
      came: false,
      presence: { epoch: 'epoch-1' },
    });
  });

  it.each([{ connectionId: 'connection-2' }, { bootId: 'boot-2', connectionId: 'connection-2' }])(
    'of another connection (%p) gets another epoch',
    (more) => {
      expect(judgeHello(online(), { ...machine, ...more }, 'epoch-2', at(5))).toMatchObject({
        kind: 'alive',
        came: true,
        presence: { epoch: 'epoch-2' },
      });
    },
  );

  it('of a machine that replaced a silent one is granted', () => {
    expect(judgeHello(lost(online()), clone, 'epoch-2', at(40_000))).toMatchObject({
      kind: 'alive',
      came: true,
      presence: { fingerprint: 'machine-2' },
    });
  });
});

describe('a heartbeat', () => {
  it('keeps a node online, and brings one back that was thought lost', () => {
    const beat = { epoch: 'epoch-1', connectionId: 'connection-1' };
    expect(judgeHeartbeat(online(), beat, at(10_000))).toMatchObject({ kind: 'alive', came: false });
    expect(judgeHeartbeat(lost(online()), beat, at(40_000))).toMatchObject({ kind: 'alive', came: true });
  });

  it.each([
    ['of no epoch that was granted', { epoch: 'forged', connectionId: 'connection-1' }],
    ['of another connection', { epoch: 'epoch-1', connectionId: 'connection-7' }],
  ])('%s is ignored', (_what, beat) => {
    expect(judgeHeartbeat(online(), beat, at(10_000))).toEqual({ kind: 'ignored' });
  });
});

describe('a cloned machine', () => {
  const beat = { epoch: 'epoch-1', connectionId: 'connection-1' };

  it('gets no epoch while the first one lives', () => {
    expect(judgeHello(online(), clone, 'epoch-2', at(5000))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/stop it/) as string,
    });
  });

  it('is told apart from a replaced one by the heartbeat of the first', () => {
    const suspected = presenceOf(judgeHello(online(), clone, 'epoch-2', at(5000)));
    expect(judgeHeartbeat(suspected, beat, at(5500))).toMatchObject({ kind: 'alive' });
    const judgement = judgeHeartbeat(suspected, beat, at(10_000));
    expect(judgement).toMatchObject({ kind: 'cloned', fingerprints: ['machine-1', 'machine-2'] });
    const blocked = presenceOf(judgement);
    expect(judgeHello(blocked, machine, 'e', at(11_000))).toMatchObject({ kind: 'refused' });
    expect(judgeHello(blocked, clone, 'e', at(11_000))).toMatchObject({ kind: 'refused' });
    expect(judgeHeartbeat(blocked, beat, at(11_000))).toEqual({ kind: 'ignored' });
  });

  it('that went away again is forgotten', () => {
    const suspected = presenceOf(judgeHello(online(), clone, 'epoch-2', at(5000)));
    expect(judgeHeartbeat(suspected, beat, at(45_000))).toMatchObject({ kind: 'alive' });
  });

  it('is found by its boot when even the fingerprint is the same', () => {
    const other = { ...machine, bootId: 'boot-2', connectionId: 'connection-2' };
    const second = presenceOf(judgeHello(online(), other, 'epoch-2', at(1000)));
    expect(judgeHeartbeat(second, beat, at(1500))).toEqual({ kind: 'ignored' });
    expect(judgeHeartbeat(second, beat, at(10_000))).toMatchObject({ kind: 'cloned', fingerprints: ['machine-1'] });
  });

  it('is not seen in a connection that ended without a reboot', () => {
    const second = presenceOf(judgeHello(online(), { ...machine, connectionId: 'connection-2' }, 'epoch-2', at(1000)));
    expect(judgeHeartbeat(second, beat, at(10_000))).toEqual({ kind: 'ignored' });
  });
});

describe('presence', () => {
  const step = fc.record({
    machine: fc.constantFrom('a', 'b'),
    what: fc.constantFrom('hello' as const, 'beat' as const, 'reconnect' as const, 'sweep' as const),
    after: fc.integer({ min: 0, max: 40_000 }),
  });

  it('never has two machines with a granted epoch, and never leaves a block by itself', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let presence = unheard;
        let ms = 0;
        let count = 0;
        const connection: Record<string, number> = { a: 0, b: 0 };
        const granted: Record<string, string | undefined> = {};
        for (const { machine: who, what, after } of steps) {
          ms += after;
          const terms = at(ms);
          if (what === 'sweep') {
            if (presence.lastSeenAt && terms.now.getTime() - presence.lastSeenAt.getTime() > silenceMs)
              presence = lost(presence);
            continue;
          }
          if (what === 'reconnect') connection[who]!++;
          const connectionId = `${who}-${connection[who]}`;
          const judgement =
            what === 'beat'
              ? judgeHeartbeat(presence, { epoch: granted[who] ?? 'none', connectionId }, terms)
              : judgeHello(presence, { fingerprint: who, bootId: who, connectionId }, `epoch-${count++}`, terms);
          if (judgement.kind === 'ignored') continue;
          if (presence.blocked !== undefined) {
            expect(judgement.kind).toBe('refused');
            expect(judgement.presence.blocked).toBe(presence.blocked);
          }
          if (judgement.kind === 'alive') {
            expect(judgement.presence.fingerprint).toBe(who);
            granted[who] = judgement.presence.epoch;
          }
          if (judgement.kind === 'cloned') expect(judgement.presence.connected).toBe(false);
          presence = judgement.presence;
        }
      }),
    );
  });
});
