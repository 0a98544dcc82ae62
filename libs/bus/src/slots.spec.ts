import { NoSlot, Slots } from './slots.js';

function aWork() {
  let finish!: () => void;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { work: () => done, finish };
}

describe('slots', () => {
  it('let no more run at once than they are, in the order of asking', async () => {
    const slots = new Slots(1, 10);
    const order: number[] = [];
    const first = aWork();
    const runs = [
      slots.run(async () => {
        order.push(1);
        await first.work();
      }),
      slots.run(async () => void order.push(2)),
      slots.run(async () => void order.push(3)),
    ];
    await Promise.resolve();
    expect(order).toEqual([1]);
    first.finish();
    await Promise.all(runs);
    expect(order).toEqual([1, 2, 3]);
  });

  it('refuse what would have to wait too long', async () => {
    const slots = new Slots(1, 1);
    const held = aWork();
    const running = slots.run(held.work);
    const waiting = slots.run(async () => 'waited');
    await expect(slots.run(async () => 'never')).rejects.toBeInstanceOf(NoSlot);
    held.finish();
    await running;
    await expect(waiting).resolves.toBe('waited');
  });

  it('give a slot back after a failure, and say when all is quiet', async () => {
    const slots = new Slots(1, 1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const held = aWork();
    const running = slots.run(held.work);
    let quiet = false;
    const idle = slots.idle().then(() => (quiet = true));
    await Promise.resolve();
    expect(quiet).toBe(false);
    held.finish();
    await Promise.all([running, idle]);
    expect(quiet).toBe(true);
  });
});
