import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { BootstrapFailed } from './bootstrap-failed.mjs';
import { withBootstrapLock } from './bootstrap-lock.mjs';
import { hashSources } from './hash-sources.mjs';
import { Progress } from './progress.mjs';
import { root, workspaceFolders } from './repository.mjs';

const stamp = path.join(root, '.cache', 'built.json');

/**
 * Compiles the packages with `tsc -b`, each `tsconfig.lib.json` in the order of its references, when the hash of the
 * sources is not that of the last build or an output is gone. Specs are not compiled here: Jest runs them from source.
 * @throws BootstrapFailed with the compiler's messages
 */
export async function ensureBuilt(progress = new Progress({ quiet: false }), { force = false } = {}) {
  const folders = workspaceFolders().filter((folder) => existsSync(path.join(root, folder, 'tsconfig.lib.json')));
  if (!force && isBuilt(hashSources(), folders)) return { built: false };
  return withBootstrapLock(progress, () => build(folders, force, progress));
}

async function build(folders, force, progress) {
  const sources = hashSources();
  if (!force && isBuilt(sources, folders)) return { built: false }; // somebody else has done it while we waited
  rmSync(stamp, { force: true });
  progress.say(`building ${folders.length} packages`);
  await compile(folders, progress);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(`${stamp}.new`, JSON.stringify({ sources }));
  renameSync(`${stamp}.new`, stamp);
  return { built: true };
}

function isBuilt(sources, folders) {
  try {
    if (JSON.parse(readFileSync(stamp, 'utf8')).sources !== sources) return false;
  } catch {
    return false; // never built, or torn
  }
  return folders.every((folder) => existsSync(path.join(root, folder, 'dist', 'tsconfig.lib.tsbuildinfo')));
}

function compile(folders, progress) {
  const tsc = path.join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const configs = folders.map((folder) => `${folder}/tsconfig.lib.json`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-b', '--verbose', '--pretty', 'false', ...configs], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const problems = [];
    let done = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const building = /Building project '(.+)\/tsconfig\.lib\.json'/.exec(line);
      if (building) progress.say(`  ${path.relative(root, building[1])} (${(done += 1)} of at most ${folders.length})`);
      else if (/\berror TS\d+/.test(line) || (problems.length > 0 && line.startsWith(' '))) problems.push(line);
    });
    child.once('error', (error) => reject(new BootstrapFailed(`The compiler could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      reject(
        new BootstrapFailed(
          [
            `The build failed (${signal ?? `exit code ${code}`}):`,
            ...problems.slice(0, 40),
            'Next step: in a clone without changes of your own this is a fault of ours, please report it; else see the lines above.',
          ].join('\n'),
        ),
      );
    });
  });
}
