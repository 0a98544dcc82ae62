import { readFileSync } from 'node:fs';

import type { Options } from './options.js';
import { demandAddress, demandFree, isFree } from './process/port-owner.js';
import { writeAtomically } from './process/write-atomically.js';

/** Where the parts listen. Kept over restarts: nodes remember where the bus was. */
export interface Ports {
  readonly gateway: number;
  readonly nats: number;
  readonly postgres: number;
}

const firstPort = 8480;

/**
 * The ports of this data folder: those of its first start, with another one for the gateway when asked.
 * @throws PortTaken when one of them is somebody else's; Error when the address is not this machine's
 */
export async function settlePorts(file: string, options: Pick<Options, 'port' | 'listen'>): Promise<Ports> {
  const host = options.listen ?? '127.0.0.1';
  await demandAddress(host);
  const kept = read(file);
  const ports = kept
    ? { ...kept, ...(typeof options.port === 'number' ? { gateway: options.port } : {}) }
    : await choose(host, options.port ?? firstPort);
  await demandFree(host, ports.gateway, 'the gateway');
  await demandFree(host, ports.nats, 'the bus (nats-server)');
  await demandFree('127.0.0.1', ports.postgres, 'PostgreSQL');
  if (JSON.stringify(ports) !== JSON.stringify(kept)) writeAtomically(file, JSON.stringify(ports));
  return ports;
}

async function choose(host: string, wanted: number | 'auto'): Promise<Ports> {
  const taken = new Set<number>();
  const next = async (preferred: number | undefined): Promise<number> => {
    for (let port = preferred; ; port = anyPort()) {
      if (port === undefined || port >= lowestEphemeral() || taken.has(port)) continue;
      if (!(await isFree(host, port)) || !(await isFree('127.0.0.1', port))) continue;
      taken.add(port);
      return port;
    }
  };
  const gateway = wanted === 'auto' ? await next(undefined) : wanted;
  taken.add(gateway);
  return { gateway, nats: await next(gateway + 1), postgres: await next(gateway + 2) };
}

function anyPort(): number {
  return 10_000 + Math.floor(Math.random() * (lowestEphemeral() - 10_000));
}

/**
 * Ports from here on are given to outgoing connections. Never used for a server that is restarted: while it is away a
 * client that tries to connect to it may be given that very port, and is then connected with itself.
 */
function lowestEphemeral(): number {
  try {
    const [lowest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
    return Math.max(Number(lowest), 11_000);
  } catch {
    return 32_768;
  }
}

function read(file: string): Ports | undefined {
  try {
    const { gateway, nats, postgres } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>;
    return gateway && nats && postgres ? { gateway, nats, postgres } : undefined;
  } catch {
    return undefined; // the first start
  }
}
