import { Slots } from './slots.js';
import { Turns } from './turns.js';

const gate = () => {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('slots', () => {
  it('let so many in at once, the others in their order', async () => {
    const slots = new Slots(2);
    const gates = [gate(), gate(), gate()];
    const entered: number[] = [];
    const all = gates.map(({ opened }, i) => slots.within(() => (entered.push(i), opened)));
    expect([entered, slots.waiting]).toEqual([[0, 1], 1]);
    gates[1]!.open();
    await all[1];
    await Promise.resolve();
    expect(entered).toEqual([0, 1, 2]);
    gates.forEach(({ open }) => open());
    await Promise.all(all);
  });

  it('let go who will not wait any longer, without a place', async () => {
    const slots = new Slots(1);
    const first = gate();
    const holding = slots.within(() => first.opened);
    const leave = new AbortController();
    const impatient = slots.within(async () => 'gone', leave.signal);
    leave.abort();
    expect(await impatient).toBe('gone');
    first.open();
    await holding;
    expect(await slots.within(async () => 'in')).toBe('in');
  });
});

describe('turns', () => {
  it('are taken one after the other for one id, also after a failure', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const first = gate();
    const failing = turns.take('a', async () => {
      await first.opened;
      seen.push('first');
      throw new Error('failed');
    });
    const second = turns.take('a', async () => void seen.push('second'));
    await turns.take('b', async () => void seen.push('other'));
    first.open();
    await expect(failing).rejects.toThrow('failed');
    await second;
    expect(seen).toEqual(['other', 'first', 'second']);
  });
});
