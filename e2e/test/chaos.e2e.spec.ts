import { anySeed, chaos } from '../src/chaos/chaos.js';

describe('whatever is killed', () => {
  const seed = process.env.MUSTER_CHAOS_SEED ? Number(process.env.MUSTER_CHAOS_SEED) : anySeed();

  it(
    `every invocation ends in its true state and no script runs twice (seed ${seed})`,
    async () => {
      const told: string[] = [];
      const result = await chaos({ seed, seconds: 60, agents: 20, say: (line) => told.push(line) });

      expect({ seed, falsehoods: result.falsehoods, story: result.falsehoods.length ? told : [] }).toEqual({
        seed,
        falsehoods: [],
        story: [],
      });
      expect(result.rounds).toBeGreaterThan(3);
      expect(result.invocations).toBe(result.rounds * 20);
    },
    6 * 60_000,
  );
});
