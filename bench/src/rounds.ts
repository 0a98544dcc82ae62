import type { Stack } from '@muster/e2e';

import { cpuTimeWithChildrenMs } from './cpu-time.js';
import { median, table } from './figures.js';
import type { Loaded } from './load.js';

const parts = ['gateway', 'services', 'nats', 'postgres'] as const;

/** Something that is measured, in turns with the others. */
export interface Contender {
  readonly name: string;
  run(): Promise<Loaded>;
}

/** What the rounds of one contender found. */
export interface Found {
  readonly name: string;
  readonly rounds: readonly Loaded[];
  /** Processor time of one request in each of Muster's processes, in µs: medians. */
  readonly cpu: Readonly<Record<string, number>>;
}

/**
 * Measures contenders in turns, so that whatever else the machine does meets all of them. The first round only warms up.
 * @param stack whose processor time is looked at
 */
export async function inTurns(
  contenders: readonly Contender[],
  rounds: number,
  seconds: number,
  stack: Stack,
): Promise<Found[]> {
  const loads = new Map<string, Loaded[]>(contenders.map(({ name }) => [name, []]));
  const used = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      const { pids } = stack.ready;
      const before = parts.map((part) => cpuTimeWithChildrenMs(pids[part]!));
      const loaded = await run();
      if (round === 0) continue;
      loads.get(name)!.push(loaded);
      parts.forEach((part, index) => {
        const ms = cpuTimeWithChildrenMs(pids[part]!) - before[index]!;
        const key = `${name} ${part}`;
        used.set(key, [...(used.get(key) ?? []), (ms * 1000) / (loaded.perSecond * seconds)]);
      });
    }
  }
  return contenders.map(({ name }) => ({
    name,
    rounds: loads.get(name)!,
    cpu: Object.fromEntries(parts.map((part) => [part, median(used.get(`${name} ${part}`)!)])),
  }));
}

/** The median of a figure of one contender. */
export function figure(found: readonly Found[], name: string, what: keyof Loaded): number {
  return median(found.find((each) => each.name === name)!.rounds.map((each) => each[what]));
}

/** Prints medians, with the ratio of the first one to each. */
export function print(found: readonly Found[], ours = 1): void {
  const first = figure(found, found[0]!.name, 'perSecond');
  table([
    ['medians', 'per second', 'best', 'p50 ms', 'p99 ms', `${found[0]!.name} is`],
    ...found.map(({ name, rounds }, index) => [
      name,
      figure(found, name, 'perSecond').toFixed(0),
      Math.max(...rounds.map((each) => each.perSecond)).toFixed(0),
      ...(['p50Ms', 'p99Ms'] as const)
        .map((each) => figure(found, name, each))
        .map((ms) => (Number.isNaN(ms) ? '' : ms.toFixed(1))),
      index === 0 ? '' : `${(first / figure(found, name, 'perSecond')).toFixed(2)} of it`,
    ]),
  ]);
  for (const { name, cpu } of found.slice(0, ours)) {
    const used = Object.entries(cpu).map(([part, us]) => `${part} ${us.toFixed(0)}`);
    const sum = Object.values(cpu).reduce((all, us) => all + us, 0);
    console.log(`  processor time of one ${name}, in µs: ${used.join(', ')}; together ${sum.toFixed(0)}`);
  }
}
