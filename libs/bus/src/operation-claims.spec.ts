import { claimOperations } from './operation-claims.js';

describe('an operation that two services claim', () => {
  const said: [string, object][] = [];
  const logger = {
    warn: (what: object) => void said.push(['warn', what]),
    error: (what: object) => void said.push(['error', what]),
  } as never;
  const held = new Map<string, string>();
  const owners = {
    get: async (operation: string) => held.get(operation),
    put: async (operation: string, owner: string) => held.set(operation, owner),
  };
  const contested = { operation: 'ssm.PutParameter', service: 'registry', other: 'parameters' };
  const claim = (when: 'at the start' | 'later') =>
    claimOperations(owners, 'registry', ['ssm.PutParameter', 'ssm.AddTagsToResource'], when, logger);
  beforeEach(() => {
    said.length = 0;
    held.clear();
    held.set('ssm.PutParameter', 'parameters');
  });

  it('goes to the one that starts last, and that is said', async () => {
    await claim('at the start');
    expect(Object.fromEntries(held)).toEqual({ 'ssm.PutParameter': 'registry', 'ssm.AddTagsToResource': 'registry' });
    expect(said).toEqual([['warn', contested]]);
    await claim('later');
    expect(said).toHaveLength(1);
  });

  it('is not taken back later, and that is an error for as long as it lasts', async () => {
    await claim('later');
    await claim('later');
    expect(Object.fromEntries(held)).toEqual({ 'ssm.PutParameter': 'parameters', 'ssm.AddTagsToResource': 'registry' });
    expect(said).toEqual([
      ['error', contested],
      ['error', contested],
    ]);
  });
});
