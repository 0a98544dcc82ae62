import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { percentile } from './figures.js';
import type { ReadyRequest } from './signed-request.js';

/** What a load of requests found. */
export interface Loaded {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Load {
  readonly url: string;
  readonly request: ReadyRequest;
  readonly connections: number;
  readonly seconds: number;
}

const exec = promisify(execFile);

/** wrk where it is installed (it takes least of the machine), else our own; the same one for all of a run. */
export async function loadGenerator(): Promise<{ name: string; load: (what: Load) => Promise<Loaded> }> {
  const has = await exec('sh', ['-c', 'command -v wrk']).then(
    () => true,
    () => false,
  );
  return has ? { name: 'wrk', load: withWrk } : { name: 'sockets of Node.js', load: withSockets };
}

async function withWrk({ url, request, connections, seconds }: Load): Promise<Loaded> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-bench-'));
  try {
    const script = path.join(folder, 'request.lua');
    writeFileSync(script, luaOf(request));
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
    const { stdout } = await exec('wrk', args, { timeout: (seconds + 60) * 1000 });
    const [, perSecond, p50, p99, wrong] = /^figures (\S+) (\S+) (\S+) (\S+)$/m.exec(stdout) ?? [];
    if (wrong !== '0') throw new Error(`wrk counted ${wrong} answers that were none: ${stdout}`);
    return { perSecond: Number(perSecond), p50Ms: Number(p50), p99Ms: Number(p99) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function luaOf({ headers, body }: ReadyRequest): string {
  return [
    'wrk.method = "POST"',
    `wrk.body = ${JSON.stringify(body)}`,
    // With the signed host, also where the request is sent elsewhere.
    ...Object.entries({ ...headers, Host: headers['host'] })
      .filter(([name]) => name !== 'host')
      .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    'function done(summary, latency)',
    '  local e = summary.errors',
    '  local wrong = e.status + e.connect + e.read + e.write + e.timeout',
    '  local rate = summary.requests / summary.duration * 1e6',
    '  io.write(string.format("figures %.0f %.2f %.2f %d\\n", rate, latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))',
    'end',
  ].join('\n');
}

async function withSockets({ url, request, connections, seconds }: Load): Promise<Loaded> {
  const { hostname, port } = new URL(url);
  const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  const bytes = Buffer.from(
    `POST / HTTP/1.1\r\n${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(request.body)}\r\n\r\n${request.body}`,
  );
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => askUntil(end, socket, bytes, latencies)));
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** One request after another on one connection. */
function askUntil(end: number, socket: Socket, bytes: Buffer, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let seen = '';
    const ask = (): void => {
      seen = '';
      asked = performance.now();
      socket.write(bytes);
    };
    socket
      .setNoDelay(true)
      .on('connect', ask)
      .on('error', reject)
      .on('close', () => resolve());
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      const body = seen.indexOf('\r\n\r\n') + 4;
      if (body < 4) return;
      const length = Number(/^content-length: (\d+)/im.exec(seen.slice(0, body))?.[1]);
      if (seen.length < body + length) return;
      if (!seen.startsWith('HTTP/1.1 200')) return void socket.destroy(new Error(seen));
      const now = performance.now();
      latencies.push(now - asked);
      if (now < end) ask();
      else socket.end();
    });
  });
}
