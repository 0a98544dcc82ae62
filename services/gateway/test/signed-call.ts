import { headersFromObject, signRequest } from '@muster/aws-protocol';

import { alice, hash } from './bus-side.js';

/** A call of ours to ssm, signed by alice. */
export function signedCall(base: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = {
    host: new URL(base).host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameter',
    ...headers,
  };
  const signed = signRequest(
    { method: 'POST', path: '/', query: '', headers: headersFromObject(all), body: Buffer.from(body) },
    alice,
    { region: 'us-east-1', service: 'ssm' },
    new Date(),
    hash,
  );
  const { host: _host, ...sent } = { ...all, ...signed };
  return fetch(base, { method: 'POST', headers: sent, body });
}
