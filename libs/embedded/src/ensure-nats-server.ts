import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { extractFile } from './extract-file.js';
import { goodVersion, natsRelease, oldestVersion } from './nats-release.js';
import { runTool } from './run-tool.js';
import { compareVersions, newest } from './version.js';

/** A nats-server that can be started. */
export interface NatsServer {
  readonly path: string;
  readonly version: string;
  /** Where it came from. */
  readonly from: 'path' | 'cache' | 'go' | 'release' | 'distribution';
}

export interface EnsureNatsServer {
  /** Where what was brought is kept. */
  readonly cacheDir: string;
  /** Told which one is used and why, and what takes long. */
  readonly log: (line: string) => void;
  /** The environment that tools are looked up and run with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The last one that ran on the data: an older one is never taken. */
  readonly notOlderThan?: string;
}

/** No nats-server is to be had. The message says what was tried and what to do. */
export class NoNatsServer extends Error {
  override readonly name = 'NoNatsServer';
}

/**
 * Finds a nats-server or brings the pinned one: from the PATH when it is new enough, from the cache, by the Go toolchain,
 * as the official release, and at the very last what the distribution has.
 * @throws NoNatsServer
 */
export async function ensureNatsServer(how: EnsureNatsServer): Promise<NatsServer> {
  const { version } = natsRelease;
  const wanted = newest(goodVersion, how.notOlderThan ?? goodVersion);
  const tried: string[] = [];
  const attempt = async (what: string, bring: () => Promise<NatsServer>): Promise<NatsServer | undefined> => {
    try {
      return await bring();
    } catch (error) {
      tried.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };

  const installed = await onPath(how.env);
  if (installed && compareVersions(installed.version, wanted) >= 0) {
    how.log(`nats-server ${installed.version} from the PATH (${installed.path}): it is ${wanted} or newer`);
    return installed;
  }
  const none = installed ? `the PATH has only ${installed.version}` : 'the PATH has none';
  if (compareVersions(version, wanted) < 0) {
    throw new NoNatsServer(
      `The data were last used by nats-server ${how.notOlderThan}; ${none} and Muster brings ${version}. ` +
        `Next step: put nats-server ${wanted} or newer on the PATH.`,
    );
  }

  const cached = join(how.cacheDir, version, 'nats-server');
  const inCache = existsSync(cached) ? await attempt('the cache', () => probe(cached, 'cache')) : undefined;
  if (inCache) {
    how.log(`nats-server ${version} from the cache: ${none}`);
    return inCache;
  }

  const brought =
    (await attempt('the Go toolchain', () => buildWithGo(how, cached))) ??
    (await attempt('the official release', () => downloadRelease(how, cached)));
  if (brought) {
    const way = brought.from === 'go' ? 'built with the Go toolchain' : 'the official release, checksum verified';
    how.log(`nats-server ${brought.version}, ${way}: ${none}`);
    return brought;
  }

  const floor = newest(oldestVersion, how.notOlderThan ?? oldestVersion);
  const old =
    installed && compareVersions(installed.version, floor) >= 0
      ? installed
      : await attempt("the distribution's package", () => fromDistribution(how, floor));
  if (old) {
    how.log(
      `nats-server ${old.version} (${old.path}), as the last resort: it is older than ${goodVersion}, so a power cut can lose ` +
        `what it acknowledged in the last two minutes (Muster publishes it again). ${tried.join('; ')}`,
    );
    return old;
  }
  throw new NoNatsServer(
    `No nats-server is to be had: ${none}; ${tried.join('; ')}.\n` +
      `Next step: put nats-server ${version} on the PATH (https://github.com/nats-io/nats-server/releases, a single file), ` +
      'or install Go, or start once with access to the internet.',
  );
}

async function onPath(env: EnsureNatsServer['env']): Promise<NatsServer | undefined> {
  // /usr/sbin is where Debian puts it, and not in every user's PATH.
  for (const folder of [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const path = join(folder, 'nats-server');
    if (!folder || !isExecutable(path)) continue;
    try {
      return await probe(path, 'path');
    } catch {
      // Something else of that name, or for another machine.
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function probe(path: string, from: NatsServer['from']): Promise<NatsServer> {
  const said = await runTool(path, ['--version'], { withinMs: 10_000 });
  const version = /v?(\d+\.\d+\.\d+\S*)/.exec(said)?.[1];
  if (!said.includes('nats-server') || !version) throw new Error(`${path} is no nats-server`);
  return { path, version, from };
}

async function buildWithGo(how: EnsureNatsServer, target: string): Promise<NatsServer> {
  await runTool('go', ['version'], { env: how.env });
  how.log(`building nats-server ${natsRelease.version} with the Go toolchain (up to a minute, once)`);
  return intoCache(target, 'go', async (folder) => {
    const env = { ...how.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '', GOOS: undefined, GOARCH: undefined };
    const args = ['install', '-trimpath', '-ldflags=-s -w', `${natsRelease.module}@v${natsRelease.version}`];
    // In a folder without go.mod: `go install` looks for one upwards.
    await runTool('go', args, { env, cwd: folder, withinMs: 600_000 });
  });
}

async function downloadRelease(how: EnsureNatsServer, target: string): Promise<NatsServer> {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const expected = natsRelease.sha256[platform];
  if (!expected) throw new Error(`no checksum is known for ${platform}`);
  how.log(`downloading nats-server ${natsRelease.version} for ${platform}`);
  const response = await fetch(natsRelease.url(platform), { signal: AbortSignal.timeout(300_000) }).catch((cause) => {
    throw new Error('github.com cannot be reached', { cause });
  });
  if (!response.ok) throw new Error(`github.com answered ${response.status}`);
  const archive = new Uint8Array(await response.arrayBuffer());
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) throw new Error(`its SHA-256 is ${actual} instead of ${expected}: not used`);
  return intoCache(target, 'release', (folder) => {
    writeFileSync(join(folder, 'nats-server'), extractFile(archive, 'nats-server'));
  });
}

/** The package is unpacked, not installed: an installed one starts a server of its own on the port that everybody wants. */
async function fromDistribution(how: EnsureNatsServer, floor: string): Promise<NatsServer> {
  const target = join(how.cacheDir, 'distribution', 'nats-server');
  const known = existsSync(target) ? await probe(target, 'distribution') : undefined;
  const server =
    known ??
    (await intoCache(target, 'distribution', async (folder) => {
      const download = (): Promise<string> =>
        runTool('apt-get', ['download', 'nats-server'], { env: how.env, cwd: folder, withinMs: 120_000 });
      await download().catch(async (error: unknown) => {
        if (process.getuid?.() !== 0) throw error;
        await runTool('apt-get', ['update', '-qq'], { env: how.env, withinMs: 300_000 });
        await download();
      });
      const [archive] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
      await runTool('dpkg-deb', ['-x', archive ?? '', 'content'], { env: how.env, cwd: folder });
      const found = ['usr/sbin', 'usr/bin']
        .map((place) => join(folder, 'content', place, 'nats-server'))
        .find(existsSync);
      if (!found) throw new Error('the package holds no nats-server');
      cpSync(found, join(folder, 'nats-server'));
    }));
  if (compareVersions(server.version, floor) < 0) throw new Error(`it is ${server.version}, ${floor} is needed`);
  return server;
}

/** Made beside and moved into place: whoever starts at the same time sees all of it or nothing. */
async function intoCache(
  target: string,
  from: NatsServer['from'],
  make: (folder: string) => void | Promise<void>,
): Promise<NatsServer> {
  const place = join(target, '..');
  mkdirSync(place, { recursive: true });
  const folder = mkdtempSync(join(place, '.new-'));
  try {
    await make(folder);
    const made = join(folder, 'nats-server');
    chmodSync(made, 0o755);
    await probe(made, from);
    renameSync(made, target);
    return await probe(target, from);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
