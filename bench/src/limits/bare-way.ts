// The bare way of a call, by the same parts without our house: node:http, SigV4, one bus request, one named statement.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type Credentials,
  deriveSigningKey,
  headersFromRaw,
  parseAuthorization,
  verifySignature,
} from '@muster/aws-protocol';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';

import { hash } from '../signed-request.js';

interface Settings {
  readonly kind: keyof typeof ways;
  readonly natsPort: number;
  readonly databaseUrl: string;
  readonly credentials: Credentials;
  readonly region: string;
  readonly account: string;
}

interface Way {
  readonly statement: string;
  values(scope: readonly [string, string], input: Record<string, string>): unknown[];
  /** Published to a stream and acknowledged before the answer. */
  readonly event?: boolean;
  answer(rows: readonly object[]): object;
}

const read = `SELECT p.name, p.path, v.number, v.type, v.value, v.data_type, v.last_modified_at
  FROM parameters.parameter p JOIN parameters.parameter_version v ON v.parameter_id = p.id AND v.number = p.version
  WHERE p.account = $1 AND p.region = $2`;

const ways = {
  get: {
    statement: `${read} AND p.path = $3`,
    values: (scope, { Name }) => [...scope, Name],
    answer: ([row]) => ({ Parameter: row }),
  },
  'by-path': {
    statement: `${read} AND p.parent = $3 ORDER BY p.path LIMIT 11`,
    values: (scope, { Path }) => [...scope, Path],
    answer: (rows) => ({ Parameters: rows }),
  },
  put: {
    statement: `WITH moved AS (
        INSERT INTO bench.parameter (account, region, path, version) VALUES ($1, $2, $3, 1)
        ON CONFLICT (account, region, path) DO UPDATE SET version = bench.parameter.version + 1 RETURNING path, version
      ), event AS (INSERT INTO bench.event (path, at) SELECT path, now() FROM moved)
      INSERT INTO bench.parameter_version (path, number, value, at) SELECT path, version, $4, now() FROM moved RETURNING number`,
    values: (scope, { Name, Value }) => [...scope, Name, Value],
    event: true,
    answer: ([row]) => ({ Version: (row as { number: number }).number, Tier: 'Standard' }),
  },
} satisfies Record<string, Way>;

process.once('message', (settings: Settings) => void open(settings));

async function open({ kind, natsPort, databaseUrl, credentials, region, account }: Settings): Promise<void> {
  const way: Way = ways[kind];
  const nats = () => connect({ servers: `127.0.0.1:${natsPort}`, noAsyncTraces: true });
  const [asking, answering] = await Promise.all([nats(), nats()]);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });

  const work = async (data: Uint8Array): Promise<Buffer> => {
    const input = JSON.parse(Buffer.from(data).toString()) as Record<string, string>;
    const { rows } = await pool.query<object>({
      name: 'bare',
      text: way.statement,
      values: way.values([account, region], input),
    });
    const answer = Buffer.from(JSON.stringify(way.answer(rows)));
    if (way.event) await answering.request('bench.event', answer, { timeout: 5_000 });
    return answer;
  };
  answering.subscribe('bare', { callback: (_error, msg) => void work(msg.data).then((answer) => msg.respond(answer)) });
  await answering.flush();

  const keys = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const headers = headersFromRaw(request.rawHeaders);
      const claim = parseAuthorization(headers, '')!;
      let key = keys.get(claim.date);
      if (!key) keys.set(claim.date, (key = deriveSigningKey(credentials.secretAccessKey, claim, hash)));
      verifySignature({ method: 'POST', path: '/', query: '', headers, body }, claim, key, new Date(), hash);
      const answer = await asking.request('bare', body, { timeout: 5_000 });
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': answer.data.length });
      response.end(answer.data);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
}
