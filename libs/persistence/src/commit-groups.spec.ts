import { CommitGroups } from './commit-groups.js';

interface Member {
  readonly thing: string;
  readonly id: number;
}

/** Groups whose commits end when they are told to. */
function aDatabase() {
  const groups: (readonly Member[])[] = [];
  let end: () => void = () => undefined;
  const seen: (() => void)[] = [];
  const all = new CommitGroups<Member>((members) => {
    groups.push(members);
    seen.shift()?.();
    return new Promise((resolve) => (end = resolve));
  });
  const next = () => new Promise<void>((resolve) => seen.push(resolve));
  return { all, groups, next, end: () => end() };
}

const things = (group: readonly Member[] | undefined) => group?.map(({ thing, id }) => `${thing}${id}`);

describe('groups of commits', () => {
  it('take together what comes in one turn, ordered by what is touched', async () => {
    const { all, groups, next } = aDatabase();
    const first = next();
    ['c', 'a', 'b'].forEach((thing, id) => all.push('x', { thing, id }));
    await first;
    expect(groups.map(things)).toEqual([['a1', 'b2', 'c0']]);
    expect(all.size).toBe(0);
  });

  it('let what touches the same wait for the next one, in its order', async () => {
    const { all, groups, next, end } = aDatabase();
    const first = next();
    ['a', 'a', 'b', 'a'].forEach((thing, id) => all.push('x', { thing, id }));
    await first;
    for (let round = 0; round < 2; round++) {
      const another = next();
      end();
      await another;
    }
    expect(groups.map(things)).toEqual([['a0', 'b2'], ['a1'], ['a3']]);
  });

  it('gather what comes while one is under way, and do not let scopes wait for each other', async () => {
    const { all, groups, next, end } = aDatabase();
    const first = next();
    all.push('x', { thing: 'a', id: 0 });
    await first;
    const elsewhere = next();
    all.push('x', { thing: 'b', id: 1 });
    all.push('x', { thing: 'c', id: 2 });
    const ended = end;
    all.push('y', { thing: 'a', id: 3 });
    await elsewhere;
    expect(groups.map(things)).toEqual([['a0'], ['a3']]);
    expect(all.size).toBe(2);
    ended();
  });

  it('are never larger than 64', async () => {
    const { all, groups, next, end } = aDatabase();
    const first = next();
    for (let id = 0; id < 70; id++) all.push('x', { thing: String(id).padStart(2, '0'), id });
    await first;
    const second = next();
    end();
    await second;
    expect(groups.map((each) => each.length)).toEqual([64, 6]);
  });
});
