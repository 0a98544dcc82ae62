import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { HelloAnswerSchema, HelloSchema, NodeFactsSchema } from '@muster/contracts';
import { log } from '@muster/telemetry';

import type { BusLink } from './bus-link.js';
import { ControlLink, type LinkState } from './control-link.js';
import type { NodeWork } from './node-work.js';

const identity = {
  nodeId: 'mi-0123456789abcdef0',
  fingerprint: 'a-fingerprint',
  bootId: 'a-boot',
  plugins: [],
  facts: () => create(NodeFactsSchema, {}),
};
const work = { standing: () => ({ unsettled: [], running: [] }), granted: () => undefined } as unknown as NodeWork;

/** A bus whose registry grants these epochs, one for each hello; the last one for ever. */
function busGranting(epochs: string[]) {
  const connections: string[] = [];
  const request = async (_subject: string, data: Uint8Array) => {
    connections.push(fromBinary(HelloSchema, data).connectionId);
    const epoch = epochs.length > 1 ? epochs.shift()! : epochs[0]!;
    return { data: toBinary(HelloAnswerSchema, create(HelloAnswerSchema, { epoch, heartbeatEveryMs: 60_000n })) };
  };
  const bus = { up: true, nats: { request, publish: () => undefined } } as unknown as BusLink;
  return { bus, connections };
}

describe('the link to the control plane', () => {
  it('takes a new epoch when the one that it was granted was lost there', async () => {
    const { bus, connections } = busGranting(['first', 'first', 'second']);
    const told: LinkState[] = [];
    const link = await new Promise<ControlLink>((resolve) => {
      const tell = (state: LinkState) => {
        told.push(state);
        if (state.detail === 'epoch second') resolve(made);
      };
      const made = new ControlLink(bus, identity, work, log('test'), tell, 5);
      made.up();
    });

    expect(link.epoch).toBe('second');
    // What is the same is not told again, and it is one connection all the time.
    expect(told.filter(({ state }) => state === 'granted').map(({ detail }) => detail)).toEqual([
      'epoch first',
      'epoch second',
    ]);
    expect(new Set(connections).size).toBe(1);
    link.down('the test is over');
  });
});
