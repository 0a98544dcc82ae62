import { parseArgs } from 'node:util';

/** How hard and how long something is loaded. */
export interface BenchOptions {
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Where profiles of one more round go. */
  readonly profile: string | undefined;
}

/** Reads what all loads through HTTP take: `--connections 32 --seconds 3 --rounds 5 --profile <folder>`. */
export function benchOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      connections: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      profile: { type: 'string' },
    },
  });
  const [connections, seconds, rounds] = [values.connections, values.seconds, values.rounds].map(Number);
  return { connections: connections!, seconds: seconds!, rounds: rounds!, profile: values.profile };
}
