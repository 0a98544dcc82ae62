import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { freePort, root } from '@muster/e2e';
import { runTool } from '@muster/embedded';

const version = '5.2.5';

/** The public Python mock of AWS, as its server. */
export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * moto's server in a virtual environment under `.cache`, made at the first use.
 * @returns undefined, after saying why, where it cannot be had
 */
export async function startMoto(): Promise<Moto | undefined> {
  const place = path.join(root, '.cache', `moto-${version}`);
  const server = path.join(place, 'bin', 'moto_server');
  try {
    if (!existsSync(server)) await install(place);
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    console.log(`  without moto: it needs Python 3.9 or newer and its package index. ${(error as Error).message}`);
    return undefined;
  }
  const port = await freePort();
  const child = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  const ended = gone.then(() => Promise.reject(new Error('moto_server ended at its start')));
  await Promise.race([answers(endpoint), ended]);
  ended.catch(() => undefined);
  return {
    endpoint,
    stop: async () => {
      child.kill();
      await gone;
    },
  };
}

async function install(place: string): Promise<void> {
  console.log(`  installing moto ${version} into .cache (once)`);
  mkdirSync(path.dirname(place), { recursive: true });
  const patient = { env: process.env, withinMs: 300_000 };
  await runTool('python3', ['-m', 'venv', place], patient);
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    `moto[server]==${version}`,
  ];
  await runTool(path.join(place, 'bin', 'python'), pip, patient);
}

async function answers(endpoint: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(`${endpoint}/moto-api/`);
      return;
    } catch (error) {
      if (attempt > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
