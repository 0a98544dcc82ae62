// npm test: everything that must hold, on a machine that has only Node.js and its package manager's access.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { requireNode } from './lib/require-node.mjs';

requireNode();

const { BootstrapFailed } = await import('./lib/bootstrap-failed.mjs');
const { ensureBuilt } = await import('./lib/ensure-built.mjs');
const { ensureDependencies } = await import('./lib/ensure-dependencies.mjs');
const { Progress } = await import('./lib/progress.mjs');

const root = path.resolve(import.meta.dirname, '..');
const started = Date.now();
const cache = path.join(root, '.cache');
const leftOutFile = path.join(cache, 'left-out.txt');
const only = process.argv.slice(2);

// The end-to-end tests start what is built here.
try {
  const progress = new Progress({ quiet: false });
  await ensureDependencies(progress);
  await ensureBuilt(progress);
} catch (error) {
  if (!(error instanceof BootstrapFailed)) throw error;
  console.error(`\n${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
mkdirSync(cache, { recursive: true });
rmSync(leftOutFile, { force: true });

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', MUSTER_TEST_LEFT_OUT_FILE: leftOutFile };

const steps = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['protobuf', bin('buf'), ['lint', 'proto']],
  ['generated code', process.execPath, ['scripts/generate.mjs', '--check']],
  ['types', bin('tsc'), ['-b']],
  ['references', bin('nx'), ['sync:check']],
  ['lint and boundaries', bin('nx'), ['run-many', '-t', 'lint', '--parallel=2', '--output-style=static', '--quiet']],
  ['unused code', bin('knip'), []],
];

const failed = [];
for (const [name, command, args] of steps) {
  if (only.length && !only.includes('--static')) break;
  const from = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
  const seconds = ((Date.now() - from) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}

let tests = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, success: false };
if (!only.includes('--static')) {
  const results = path.join(cache, 'jest-results.json');
  rmSync(results, { force: true });
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${results}`,
  ];
  spawnSync(process.execPath, [...jest, ...only], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (existsSync(results)) tests = JSON.parse(readFileSync(results, 'utf8'));
  if (!tests.success) failed.push('tests');
}

const leftOut = existsSync(leftOutFile) ? readFileSync(leftOutFile, 'utf8').trim() : '';
console.log(leftOut ? `Left out:\n${leftOut.replace(/^/gm, '  - ')}` : 'Left out: nothing.');
const broken = failed.filter((name) => name !== 'tests');
if (broken.length) console.log(`Failed: ${broken.join(', ')}.`);
console.log(`Took ${Math.round((Date.now() - started) / 1000)} s.`);
// Each static check counts as one test, so that the closing line tells the whole truth.
const ran = only.length && !only.includes('--static') ? 0 : steps.length;
console.log(
  `${tests.numPassedTests + ran - broken.length} passed, ${tests.numFailedTests + broken.length} failed, ${tests.numPendingTests} skipped`,
);
process.exit(failed.length ? 1 : 0);
