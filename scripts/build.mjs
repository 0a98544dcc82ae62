#!/usr/bin/env node
// `npm run build`: compiles what `npm start` runs. Skipped when the sources are those of the last build; `--force` builds anyway.
import { requireNode } from './lib/require-node.mjs';

requireNode();

const { Progress } = await import('./lib/progress.mjs');
const { BootstrapFailed } = await import('./lib/bootstrap-failed.mjs');
const { ensureDependencies } = await import('./lib/ensure-dependencies.mjs');
const { ensureBuilt } = await import('./lib/ensure-built.mjs');

const progress = new Progress({ quiet: false });
try {
  await ensureDependencies(progress);
  const { built } = await ensureBuilt(progress, { force: process.argv.includes('--force') });
  if (!built) progress.say('nothing to build: the sources are those of the last build');
} catch (error) {
  if (!(error instanceof BootstrapFailed)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}
