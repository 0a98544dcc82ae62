import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import path from 'node:path';

import { allPids, argvOf } from './process-table.js';

/** A port that Muster needs is somebody else's. */
export class PortTaken extends Error {
  constructor(port: number, what: string, owner: string | undefined) {
    super(
      `Port ${port}, wanted for ${what}, is taken${owner ? ` by ${owner}` : ''}.\n` +
        'Next step: stop that one, or start Muster on other ports: `npm start -- --port <first of three free ports>` (or `--port auto`).',
    );
  }
}

/** @throws Error when `host` is no address of this machine: every port of it would look taken */
export async function demandAddress(host: string): Promise<void> {
  try {
    const server = await listen(host, 0);
    await new Promise((closed) => server.close(closed));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `Nothing can listen on ${host} (${code ?? String(error)}): it is no address of this machine.\n` +
        'Next step: choose one that `ip address` shows, or 0.0.0.0 for all: `npm start -- --listen <address>`.',
      { cause: code ? undefined : error },
    );
  }
}

/** @throws PortTaken naming the owner, where the system tells */
export async function demandFree(host: string, port: number, what: string): Promise<void> {
  let server: Server;
  try {
    server = await listen(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new PortTaken(port, what, ownerOf(port));
    throw new Error(
      code === 'EACCES'
        ? `Port ${port}, wanted for ${what}, may be used by root alone. Next step: choose one above 1023: \`npm start -- --port <port>\`.`
        : `${what} cannot listen on ${host}, port ${port} (${code ?? String(error)}). Next step: see that this address is one of this machine.`,
      { cause: error },
    );
  }
  await new Promise((closed) => server.close(closed));
}

/** Whether nobody listens there now. */
export async function isFree(host: string, port: number): Promise<boolean> {
  try {
    const server = await listen(host, port);
    await new Promise((closed) => server.close(closed));
    return true;
  } catch {
    return false;
  }
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

/** Says who listens on a port of this machine: `process 4711 (nginx: master process)`. Undefined where it cannot be told. */
export function ownerOf(port: number): string | undefined {
  const sockets = [...listeners('/proc/net/tcp'), ...listeners('/proc/net/tcp6')].filter(
    (entry) => entry.port === port,
  );
  if (sockets.length === 0) return undefined;
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const pid = allPids().find((candidate) => holdsOneOf(candidate, links));
  if (pid !== undefined) return `process ${pid} (${shorten(argvOf(pid).join(' '))})`;
  return `a process of user ${sockets[0]!.uid} (run \`ss -ltnp\` as root to see which)`;
}

function listeners(table: string): { port: number; uid: string; inode: string }[] {
  let text: string;
  try {
    text = readFileSync(table, 'utf8');
  } catch {
    return [];
  }
  return parseListeners(text);
}

/** The listening sockets of `/proc/net/tcp`: `sl local_address rem_address st … uid timeout inode`. */
export function parseListeners(text: string): { port: number; uid: string; inode: string }[] {
  const listening = '0A';
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening)
    .map((fields) => ({ port: parseInt(fields[1]!.split(':')[1]!, 16), uid: fields[7]!, inode: fields[9]! }));
}

function holdsOneOf(pid: number, links: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => links.has(readlinkSync(path.join(folder, fd))));
  } catch {
    return false; // another user's, or gone
  }
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
