import { Random } from '../random.js';

/** Who can be killed with -9. */
export type Victim = 'services' | 'gateway' | 'nats' | 'postgres' | 'agent' | 'supervisor';

/** One run: a command to all agents, and whom to kill how long after it was asked for. */
export interface Round {
  readonly number: number;
  /** Ordered by time. */
  readonly kills: readonly { readonly afterMs: number; readonly victims: readonly Victim[]; readonly agent: number }[];
  /** How long the script runs. */
  readonly scriptMs: number;
}

const everybody: readonly Victim[] = ['services', 'gateway', 'nats', 'postgres', 'agent', 'supervisor'];

/** The rounds of a seed: first everyone once alone, then whatever chance says, one at a time and together. */
export function* plan(seed: number, agents: number): Generator<Round> {
  const random = new Random(seed);
  const alone = random.some(everybody, everybody.length);
  for (const victim of everybody) if (!alone.includes(victim)) alone.push(victim);

  for (let number = 1; ; number++) {
    const first = alone.shift();
    const groups = first ? [[first]] : Array.from({ length: random.between(1, 2) }, () => random.some(everybody, 3));
    const kills = groups
      .map((victims) => ({ afterMs: random.between(0, 900), victims, agent: random.between(0, agents - 1) }))
      .sort((a, b) => a.afterMs - b.afterMs);
    yield { number, kills, scriptMs: random.between(0, 800) };
  }
}
