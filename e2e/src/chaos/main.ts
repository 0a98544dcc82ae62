import { parseArgs } from 'node:util';

import { anySeed, chaos } from './chaos.js';

// npm run chaos -- --seconds 600 --seed 42 --agents 20
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string' },
    agents: { type: 'string', default: '20' },
  },
});
const seed = values.seed === undefined ? anySeed() : Number(values.seed);
const result = await chaos({
  seed,
  seconds: Number(values.seconds),
  agents: Number(values.agents),
  say: (line) => console.log(line),
});
for (const wrong of result.falsehoods) console.error(wrong);
console.log(
  `seed ${seed}: ${result.rounds} rounds, ${result.invocations} invocations, ${result.kills} kills, ${result.notStarted} not started (and told so), ${result.falsehoods.length} falsehoods`,
);
process.exitCode = result.falsehoods.length ? 1 : 0;
