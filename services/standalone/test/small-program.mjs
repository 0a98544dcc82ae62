// A program that the tests of the process machinery supervise: node small-program.mjs <file> [ignore] [child]
// It appends `start <pid>` and `stop <pid>` to the file; `ignore`: does not end when asked; `child`: makes one in its group.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [file, ...how] = process.argv.slice(2);
process.on('SIGTERM', () => {
  if (how.includes('ignore')) return;
  appendFileSync(file, `stop ${process.pid}\n`);
  process.exit(0);
});
if (how.includes('child')) {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  appendFileSync(file, `child ${child.pid}\n`);
}
appendFileSync(file, `start ${process.pid}\n`);
setInterval(() => undefined, 1000);
