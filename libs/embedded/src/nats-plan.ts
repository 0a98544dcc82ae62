import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Accounts } from '@muster/keys';

import type { NatsServer } from './ensure-nats-server.js';
import type { ServerPlan } from './launch.js';
import { compareVersions } from './version.js';

export interface PlanNats {
  readonly server: NatsServer;
  /** Where its configuration and its data lie: `<home>/nats`. */
  readonly folder: string;
  readonly port: number;
  /** Default 127.0.0.1. Off loopback only with `tls`. */
  readonly host?: string;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  readonly operatorJwt: string;
  readonly accounts: Accounts;
  /** Whether what was acknowledged survives a power cut (costs a factor of 5 in writes). Default true. */
  readonly durable?: boolean;
  /** Most that all streams together may reserve. Default 32GB. */
  readonly maxStore?: string;
}

export interface NatsPlan extends ServerPlan {
  /** Where clients on this machine connect. */
  readonly url: string;
}

/** The broker's data were written by a newer one. The message says what to do. */
export class BrokerTooOld extends Error {
  override readonly name = 'BrokerTooOld';
}

/**
 * Writes the configuration of the deployment's broker: operator mode, its accounts preloaded, JetStream on disk.
 * @throws BrokerTooOld
 */
export function planNats(how: PlanNats): NatsPlan {
  const host = how.host ?? '127.0.0.1';
  if (!how.tls && !isLoopback(host)) throw new Error(`nats-server listens on ${host} only with TLS`);
  mkdirSync(how.folder, { recursive: true, mode: 0o700 });
  const last = lastNatsVersion(how.folder);
  if (last && compareVersions(how.server.version, last) < 0) {
    throw new BrokerTooOld(
      `${how.folder} was last used by nats-server ${last}; ${how.server.version} (${how.server.path}) may not read it. ` +
        `Next step: put nats-server ${last} or newer on the PATH.`,
    );
  }

  // The name is this deployment's own: who answers on the port can be told from somebody else's broker.
  const name = `muster-${how.accounts.sys.publicKey.slice(-8)}`;
  const config = join(how.folder, 'nats-server.conf');
  writeFileSync(config, configuration(how, host, name), { mode: 0o600 });
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    name: 'nats-server',
    url: `${how.tls ? 'tls' : 'nats'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${how.port}`,
    launch: { command: how.server.path, args: ['-c', config], env: {} },
    ready: async (_pid, gone) => {
      await untilAnswers(reachable, how.port, name, gone);
      writeFileSync(versionFile(how.folder), `${how.server.version}\n`);
    },
  };
}

/** The version that last ran on a folder; undefined when none did. */
export function lastNatsVersion(folder: string): string | undefined {
  try {
    return readFileSync(versionFile(folder), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Where the broker keeps the newest JWT of each account: what was pushed to it, such as a revocation, stays there. */
export function accountJwtFile(folder: string, account: string): string {
  return join(folder, 'accounts', `${account}.jwt`);
}

function versionFile(folder: string): string {
  return join(folder, 'version');
}

function configuration(how: PlanNats, host: string, name: string): string {
  const { accounts } = how;
  const preload = Object.values(accounts).map(({ publicKey, jwt }) => `  ${publicKey}: ${jwt}`);
  // By default the disk is synced every two minutes: a power cut would take what was acknowledged since.
  const always = how.durable !== false && compareVersions(how.server.version, '2.10.0') >= 0;
  return `# Written by Muster at each start: changes are lost.
server_name: ${quote(name)}
host: ${quote(host)}
port: ${how.port}
operator: ${how.operatorJwt}
system_account: ${accounts.sys.publicKey}
# Full, so that a revocation can be pushed and stays.
resolver: { type: full, dir: ${quote(join(how.folder, 'accounts'))}, allow_delete: false }
resolver_preload: {
${preload.join('\n')}
}
jetstream: {
  store_dir: ${quote(join(how.folder, 'jetstream'))}
  max_memory_store: 256MB
  # By default it is what the disk has free now: a small disk would refuse streams that will never be full.
  max_file_store: ${how.maxStore ?? '32GB'}
${always ? '  sync_interval: always\n' : ''}}
max_payload: 8MB
${how.tls ? `tls: { cert_file: ${quote(how.tls.certificateFile)}, key_file: ${quote(how.tls.keyFile)} }\n` : ''}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** The first thing that a broker says is who it is; it listens when its streams are recovered. */
async function untilAnswers(host: string, port: number, name: string, gone: AbortSignal): Promise<void> {
  for (;;) {
    gone.throwIfAborted();
    const info = await firstLine(host, port, gone).catch(() => undefined);
    if (info?.includes(`"server_name":${JSON.stringify(name)}`)) return;
    await sleep(20, undefined, { signal: gone });
  }
}

function firstLine(host: string, port: number, gone: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const finish = (error?: Error): void => {
      gone.removeEventListener('abort', onGone);
      socket.destroy();
      if (error) reject(error);
    };
    const onGone = (): void => finish(new Error('gone'));
    gone.addEventListener('abort', onGone);
    let text = '';
    socket.setTimeout(2_000, () => finish(new Error('silent')));
    socket.once('error', finish);
    socket.once('close', () => finish(new Error('closed')));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      finish();
      resolve(text);
    });
  });
}
