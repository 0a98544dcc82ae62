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
  /** Sent one after the other, and then again from the first. */
  readonly requests: readonly ReadyRequest[];
  /** Gives each request an `amz-sdk-invocation-id` of its own, as SDKs do. */
  readonly invocationIds?: boolean;
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

async function withWrk({ url, requests, invocationIds, connections, seconds }: Load): Promise<Loaded> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-bench-'));
  try {
    const script = path.join(folder, 'request.lua');
    writeFileSync(script, luaOf(requests, invocationIds ?? false));
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
    const { stdout } = await exec('wrk', args, { timeout: (seconds + 60) * 1000 });
    const [, perSecond, p50, p99, wrong] = /^figures (\S+) (\S+) (\S+) (\S+)$/m.exec(stdout) ?? [];
    if (wrong !== '0') throw new Error(`wrk counted ${wrong} answers that were none: ${stdout}`);
    return { perSecond: Number(perSecond), p50Ms: Number(p50), p99Ms: Number(p99) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Requests are put together before the first is sent: wrk itself must cost as little as it can. */
function luaOf(requests: readonly ReadyRequest[], invocationIds: boolean): string {
  const texts = requests.map((request) => JSON.stringify(bytesOf(request, invocationIds)));
  return [
    `local requests = {\n${texts.join(',\n')}\n}`,
    'local at, calls = 0, os.time() * 1e6',
    'request = function()',
    '  at = at % #requests + 1',
    ...(invocationIds
      ? ['  calls = calls + 1', `  return (requests[at]:gsub("${idPlace}", string.format("%016.0f", calls), 1))`]
      : ['  return requests[at]']),
    'end',
    'function done(summary, latency)',
    '  local e = summary.errors',
    '  local wrong = e.status + e.connect + e.read + e.write + e.timeout',
    '  local rate = summary.requests / summary.duration * 1e6',
    '  io.write(string.format("figures %.0f %.2f %.2f %d\\n", rate, latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))',
    'end',
  ].join('\n');
}

const idPlace = '################';

/** With the signed host, also where the request is sent elsewhere. */
function bytesOf({ headers, body }: ReadyRequest, withInvocationId = false): string {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (withInvocationId) head.push(`amz-sdk-invocation-id: ${idPlace}`);
  return `POST / HTTP/1.1\r\n${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function withSockets({ url, requests, invocationIds, connections, seconds }: Load): Promise<Loaded> {
  const { hostname, port } = new URL(url);
  let at = 0;
  let calls = Date.now();
  const next = (): string => {
    const text = bytesOf(requests[at++ % requests.length]!, invocationIds);
    return text.replace(idPlace, String(++calls).padStart(16, '0'));
  };
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => askUntil(end, socket, next, latencies)));
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** One request after another on one connection. */
function askUntil(end: number, socket: Socket, next: () => string, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let seen = '';
    const ask = (): void => {
      seen = '';
      asked = performance.now();
      socket.write(next());
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
