import { environment } from '@muster/config';

import { run } from './run.js';

process.exitCode = await run(process.argv.slice(2), {
  env: environment(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
