import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { BootstrapFailed } from './bootstrap-failed.mjs';
import { withBootstrapLock } from './bootstrap-lock.mjs';
import { Progress } from './progress.mjs';
import { readJson, root } from './repository.mjs';

/**
 * Brings `node_modules` to what `package-lock.json` says, by `npm ci`, and only when it is not so already: no network then.
 * @throws BootstrapFailed saying what to do when npm fails
 */
export async function ensureDependencies(progress = new Progress({ quiet: false })) {
  if (!whatIsMissing()) return { installed: false };
  return withBootstrapLock(progress, () => install(progress));
}

async function install(progress) {
  const reason = whatIsMissing();
  if (!reason) return { installed: false }; // somebody else has done it while we waited
  await progress.during(`installing the npm dependencies (${reason})`, () => npm(['ci']));
  const still = whatIsMissing();
  if (still) {
    throw new BootstrapFailed(
      `npm ci ended well, but ${still}.\nNext step: run \`npm ci\` in ${root} by hand and look at what it says.`,
    );
  }
  return { installed: true };
}

/**
 * Compares the lock with npm's own record of what it installed (`node_modules/.package-lock.json`, written last).
 * No stamp of ours that could be older than the folder: after `npm install` by hand there is nothing left to do.
 */
function whatIsMissing() {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'none are here yet';
  let installed;
  try {
    installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  } catch {
    return 'the record of what is installed cannot be read';
  }
  for (const [where, wanted] of Object.entries(readJson('package-lock.json').packages)) {
    if (!where.includes('node_modules/')) continue;
    if (wanted.link) {
      if (!lstatSync(path.join(root, where), { throwIfNoEntry: false })) return `${where} is not linked`;
      continue;
    }
    const found = installed[where];
    if (!found) {
      if (wanted.optional || wanted.peer || wanted.devOptional) continue; // for another platform, or nobody's need
      return `${where} is missing`;
    }
    if (found.version !== wanted.version) return `${where} is ${found.version}, the lock says ${wanted.version}`;
  }
  return undefined;
}

function npm(args) {
  // Under `npm start` this is npm's own file: the same npm as the user's, run by the same Node.js.
  const own = process.env.npm_execpath;
  // Its warnings are about packages of packages, and its spinner would write over our lines.
  const quietly = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const [command, ...rest] = [...(own?.endsWith('.js') ? [process.execPath, own] : ['npm']), ...args, ...quietly];
  return new Promise((resolve, reject) => {
    // npm's log goes to our standard error, so that standard output holds nothing but Muster's own lines.
    const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', (error) => {
      reject(
        new BootstrapFailed(
          error.code === 'ENOENT'
            ? 'npm is not on the PATH. Next step: install it (it comes with Node.js from nodejs.org), then run this again.'
            : `npm could not be started: ${error.message}`,
        ),
      );
    });
    child.once('exit', (code, signal) => {
      if (code === 0) return resolve();
      reject(
        new BootstrapFailed(
          `npm ${args[0]} failed (${signal ?? `exit code ${code}`}); what it said is above.\n` +
            'Next step: when it could not reach the registry, see that this machine has network (`npm ping`) and that `npm config get registry`\n' +
            'and the proxy are right; when it says that the lock does not fit, `git checkout package-lock.json`. Then run this again:\n' +
            'the work goes on where it stopped.',
        ),
      );
    });
  });
}
