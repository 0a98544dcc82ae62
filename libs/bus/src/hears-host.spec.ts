import type { Msg } from '@nats-io/transport-node';

import type { BusConnection } from './bus-connection.js';
import type { Heard } from './doors.js';
import { HearsHost, isAllowedReply } from './hears-host.js';

/** A connection that brings what a test lets it bring. */
class AConnection {
  bring: (count: number) => void = () => undefined;
  readonly isUp = true;
  readonly nats = {
    subscribe: (subject: string, { callback }: { callback: (error: null, msg: Msg) => void }) => {
      this.bring = (count) => {
        for (let i = 0; i < count; i++) callback(null, { subject, data: new Uint8Array() } as Msg);
      };
      return { drain: async () => undefined };
    },
  };
}

describe('what is heard faster than it is handled', () => {
  it('is held up to ten batches; the rest is dropped, and what was held is handled in the end', async () => {
    const connection = new AConnection();
    const sizes: number[] = [];
    let release!: () => void;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const instance = {
      handle: async (messages: readonly Heard[]) => {
        sizes.push(messages.length);
        await slow;
      },
    };
    const mark = { kind: 'hears', subject: 'agent.mi-1.heartbeat', everyMs: 5, max: 4, everyReplica: false } as const;
    const host = new HearsHost({ name: 'Hear', mark, instance }, 'registry', connection as unknown as BusConnection);
    host.start();
    connection.bring(4);
    expect(sizes).toEqual([4]);
    // The first batch is still being handled: ten more may wait.
    connection.bring(1_000);
    release();
    await host.stop();
    expect(sizes).toEqual(Array.from({ length: 11 }, () => 4));
  });

  it('is handled at its time though the batch is not full, and at the end', async () => {
    const connection = new AConnection();
    const sizes: number[] = [];
    let handled!: () => void;
    const first = new Promise<void>((resolve) => (handled = resolve));
    const instance = {
      handle: async (messages: readonly Heard[]) => {
        sizes.push(messages.length);
        handled();
        if (sizes.length === 1) throw new Error('a batch that fails stops nothing');
      },
    };
    const mark = { kind: 'hears', subject: 'agent.mi-1.heartbeat', everyMs: 5, max: 100, everyReplica: false } as const;
    const host = new HearsHost({ name: 'Hear', mark, instance }, 'registry', connection as unknown as BusConnection);
    host.start();
    connection.bring(3);
    await first;
    connection.bring(2);
    await host.stop();
    expect(sizes).toEqual([3, 2]);
  });
});

describe('the answer to a node', () => {
  const hello = ['agent', 'mi-1', 'hello'];

  it('goes to its own inbox, or where the server leads it back into its account', () => {
    expect(isAllowedReply(hello, '_INBOX_mi-1.abc.1')).toBe(true);
    expect(isAllowedReply(hello, '_R_.AbC.123')).toBe(true);
  });

  it('goes nowhere else', () => {
    for (const reply of [
      '_INBOX_mi-2.abc',
      '_INBOX_mi-1',
      '_INBOX_mi-10.x',
      'node.mi-2.e.invoke',
      'api.ssm.X',
      '$JS.API.X',
      '_INBOX_gateway.x',
      '',
    ]) {
      expect(isAllowedReply(hello, reply)).toBe(false);
    }
  });

  it('to a service goes to an inbox', () => {
    expect(isAllowedReply(['identity', 'ask'], '_INBOX_commands.x')).toBe(true);
    expect(isAllowedReply(['identity', 'ask'], 'api.ssm.X')).toBe(false);
  });
});
