#!/usr/bin/env node
// `npm start`: from a fresh clone to a running Muster. Needs nothing but Node.js and npm; the rest is brought here.
// Every import below is of this repository and of Node itself: nothing is installed yet when this file is read.
import { requireNode } from './lib/require-node.mjs';

requireNode();

const { Progress } = await import('./lib/progress.mjs');
const { BootstrapFailed } = await import('./lib/bootstrap-failed.mjs');
const { ensureDependencies } = await import('./lib/ensure-dependencies.mjs');
const { ensureBuilt } = await import('./lib/ensure-built.mjs');

const args = process.argv.slice(2);
const progress = new Progress({ quiet: args.includes('--quiet') });

try {
  await ensureDependencies(progress);
  await ensureBuilt(progress);
} catch (error) {
  if (!(error instanceof BootstrapFailed)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}

// The supervisor runs in this very process: signals, the terminal and the exit code need no passing on.
const { main } = await import('../services/standalone/dist/main.js');
await main(args);
