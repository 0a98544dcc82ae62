// The bare way of a read, by the same parts without our house: node:http, SigV4, one bus request, one named statement.
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
  readonly natsPort: number;
  readonly databaseUrl: string;
  readonly credentials: Credentials;
  readonly region: string;
  readonly account: string;
}

const statement = `SELECT p.name, p.path, v.number, v.type, v.value, v.data_type, v.last_modified_at
  FROM parameters.parameter p JOIN parameters.parameter_version v ON v.parameter_id = p.id AND v.number = p.version
  WHERE p.account = $1 AND p.region = $2 AND p.path = $3`;

process.once('message', (settings: Settings) => void open(settings));

async function open({ natsPort, databaseUrl, credentials, region, account }: Settings): Promise<void> {
  const nats = () => connect({ servers: `127.0.0.1:${natsPort}`, noAsyncTraces: true });
  const [asking, answering] = await Promise.all([nats(), nats()]);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });

  answering.subscribe('bare', {
    callback: (_error, msg) => {
      const { Name } = JSON.parse(Buffer.from(msg.data).toString()) as { Name: string };
      void pool
        .query({ name: 'bare', text: statement, values: [account, region, Name] })
        .then(({ rows }) => msg.respond(Buffer.from(JSON.stringify({ Parameter: rows[0] as object }))));
    },
  });
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
