// npm run bench -- <name> [options]: one kept measurement, beside the raw limit of the same run. Without a name: the list.
import { flatness } from './flatness.js';
import { getParametersByPath } from './get-parameters-by-path.js';
import { getParameter } from './get-parameter.js';
import { putParameter } from './put-parameter.js';
import { runCommand } from './run-command.js';
import { secureString } from './secure-string.js';
import { start } from './start.js';

interface Bench {
  readonly tells: string;
  run(argv: readonly string[]): Promise<void>;
}

const loaded = '[--connections 32] [--seconds 3] [--rounds 5] [--profile <folder>]';

const benches: Readonly<Record<string, Bench>> = {
  'get-parameter': { tells: `signed GetParameter through the gateway  ${loaded}`, run: getParameter },
  'put-parameter': { tells: `signed PutParameter, durable and with its event  ${loaded}`, run: putParameter },
  'get-parameters-by-path': {
    tells: `signed GetParametersByPath, 10 of 100,000  ${loaded}`,
    run: getParametersByPath,
  },
  'secure-string': { tells: `decrypted reads of SecureString beside String  ${loaded}`, run: secureString },
  flatness: {
    tells:
      'reads, levels, descriptions and puts from 1,000 to 1,000,000 parameters  [--most 1000000] [--seconds 3] [--rounds 3]',
    run: flatness,
  },
  'run-command': {
    tells: 'one command to agents on this host, to its last result  [--agents 20] [--rounds 5]',
    run: runCommand,
  },
  start: { tells: 'npm start, cold once and then warm, until all answers  [--rounds 3]', run: start },
};

const [name, ...rest] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (bench) await bench.run(rest);
else {
  console.log('npm run bench -- <name> [options]\n');
  for (const [each, { tells }] of Object.entries(benches)) console.log(`  ${each.padEnd(24)} ${tells}`);
  if (name !== undefined) process.exitCode = 2;
}
