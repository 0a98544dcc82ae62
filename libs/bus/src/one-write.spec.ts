import { setImmediate as turn } from 'node:timers/promises';

import { OneWrite } from './one-write.js';

describe('one write', () => {
  it('sends in order what was pushed in different runs of microtasks, in one of them', async () => {
    const together = new OneWrite();
    const sent: string[][] = [];
    let run: string[] | undefined;
    const send = (what: string) => () => {
      if (!run) {
        sent.push((run = []));
        queueMicrotask(() => (run = undefined));
      }
      run.push(what);
    };

    together.push(send('a'));
    await Promise.resolve();
    together.push(send('b'));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    together.push(send('c'));
    expect(sent).toEqual([]);

    await turn();
    expect(sent).toEqual([['a', 'b', 'c']]);
  });

  it('takes up again after it has sent', async () => {
    const together = new OneWrite();
    const sent: number[] = [];
    for (const each of [1, 2]) {
      together.push(() => void sent.push(each));
      await turn();
    }
    expect(sent).toEqual([1, 2]);
  });

  it('sends at once when it is told to, and once only', async () => {
    const together = new OneWrite();
    const sent: number[] = [];
    together.push(() => void sent.push(1));
    together.now();
    expect(sent).toEqual([1]);
    await turn();
    expect(sent).toEqual([1]);
  });

  it('gives back what came of a question, also when it could not be asked', async () => {
    const together = new OneWrite();
    const [answer, refused, thrown] = await Promise.allSettled([
      together.ask(async () => 'yes'),
      together.ask(() => Promise.reject(new Error('refused'))),
      together.ask(() => {
        throw new Error('closed');
      }),
    ]);
    expect(answer).toEqual({ status: 'fulfilled', value: 'yes' });
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'refused' } });
    expect(thrown).toMatchObject({ status: 'rejected', reason: { message: 'closed' } });
  });
});
