import { Room } from './room.js';

describe('room for requests', () => {
  it('is shared out until it is full, and then waited for', async () => {
    const room = new Room(3);
    const first = await room.share(2);
    const second = await room.share(2);
    expect([first.size, second.size]).toEqual([2, 1]);
    let got = 0;
    const third = room.share(5).then((share) => (got = share.size));
    await Promise.resolve();
    expect(got).toBe(0);
    first.giveBack();
    await third;
    expect(got).toBe(2);
  });

  it('comes back as each request ends, once', async () => {
    const room = new Room(2);
    const share = await room.share(2);
    const ended = share.take(2);
    share.giveBack();
    ended(1);
    ended(5);
    expect((await room.share(10)).size).toBe(2);
  });
});
