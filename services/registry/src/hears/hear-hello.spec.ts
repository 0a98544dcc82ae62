import { create, toBinary } from '@bufbuild/protobuf';
import type { Heard } from '@muster/bus';
import { HelloSchema } from '@muster/contracts';
import type { Ids, Tx, UnitOfWork } from '@muster/persistence';

import type { RegistryConfig } from '../config.js';
import type { Nodes } from '../store/nodes.js';
import type { Presences } from '../store/presences.js';
import { HearHello } from './hear-hello.js';

describe('hellos', () => {
  let transactions: string[][];
  let answered: string[];
  let hears: HearHello;

  beforeEach(() => {
    transactions = [];
    answered = [];
    const presences = {
      hold: (_tx: Tx, ids: string[]) => {
        transactions.push(ids);
        return Promise.resolve({ now: new Date(), held: new Map() });
      },
      save: () => Promise.resolve(),
    };
    const tx = { announce: () => undefined };
    const work = { run: (run: (tx: unknown) => Promise<unknown>) => run(tx) };
    hears = new HearHello(
      presences as unknown as Presences,
      { note: () => Promise.resolve() } as unknown as Nodes,
      work as unknown as UnitOfWork,
      {} as Ids,
      { heartbeatEveryMs: 10_000 } as RegistryConfig,
    );
  });

  const hello = (nodeId: string, connectionId: string): Heard => {
    const data = toBinary(HelloSchema, create(HelloSchema, { nodeId, fingerprint: 'f', bootId: 'b', connectionId }));
    const subject = `agent.${nodeId}.hello`;
    return { subject, tokens: subject.split('.'), data, respond: () => void answered.push(nodeId) };
  };

  it('of many nodes are one transaction, two of one node another', async () => {
    await hears.handle([hello('mi-1', 'a'), hello('mi-2', 'a'), hello('mi-1', 'b')]);
    expect(transactions).toEqual([['mi-1', 'mi-2'], ['mi-1']]);
    expect(answered).toEqual(['mi-1', 'mi-2', 'mi-1']);
  });

  it('of a node that floods cost a few transactions, whatever their number', async () => {
    const flood = Array.from({ length: 500 }, (_, at) => hello('mi-1', `c${at}`));
    await hears.handle([...flood, hello('mi-2', 'a')]);
    expect(transactions).toEqual([['mi-1', 'mi-2'], ...Array.from({ length: 7 }, () => ['mi-1'])]);
    expect(answered).toContain('mi-2');
  });
});
