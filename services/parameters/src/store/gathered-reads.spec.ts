import { GatheredReads } from './gathered-reads.js';

function aTable() {
  const statements: [string, readonly number[]][] = [];
  const reads = new GatheredReads<number, string>(async (group, questions) => {
    statements.push([group, questions]);
    if (questions.includes(-1)) throw new Error('away');
    return questions.map((each) => `${group}${each}`);
  });
  return { reads, statements };
}

describe('gathered reads', () => {
  it('ask once for all who ask in one turn, and give each the own answers', async () => {
    const { reads, statements } = aTable();
    const asked = [reads.ask('a', [1]), reads.ask('a', [2, 3]), Promise.resolve().then(() => reads.ask('a', [1]))];
    expect(await Promise.all(asked)).toEqual([['a1'], ['a2', 'a3'], ['a1']]);
    expect(statements).toEqual([['a', [1, 2, 3, 1]]]);
  });

  it('keep groups apart', async () => {
    const { reads, statements } = aTable();
    expect(await Promise.all([reads.ask('a', [1]), reads.ask('b', [1])])).toEqual([['a1'], ['b1']]);
    expect(statements.map(([group]) => group)).toEqual(['a', 'b']);
  });

  it('ask anew for whoever asks while a statement is under way', async () => {
    const { reads, statements } = aTable();
    await reads.ask('a', [1]);
    await reads.ask('a', [1]);
    expect(statements).toHaveLength(2);
  });

  it('never ask more than 200 at once, unless one asks so much', async () => {
    const { reads, statements } = aTable();
    const many = Array.from({ length: 150 }, (_, index) => index);
    const answers = await Promise.all([reads.ask('a', many), reads.ask('a', many), reads.ask('a', [1])]);
    expect(answers.map((each) => each.length)).toEqual([150, 150, 1]);
    expect(statements.map(([, questions]) => questions.length)).toEqual([150, 151]);
  });

  it('fail for those alone whose statement failed', async () => {
    const { reads } = aTable();
    const [failed, fine] = await Promise.allSettled([reads.ask('a', [-1]), reads.ask('b', [1])]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'away' } });
    expect(fine).toEqual({ status: 'fulfilled', value: ['b1'] });
  });
});
