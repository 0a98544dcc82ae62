import { createHash, createHmac } from 'node:crypto';

import {
  type Credentials,
  type Hash,
  type OperationModel,
  type Shape,
  headersFromObject,
  signRequest,
} from '@muster/aws-protocol';

import type { Stack } from './stack.js';

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/** What came back, as it was on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Code of an error; empty in an answer. */
  readonly code: string;
  readonly message: string;
  readonly body: string;
  readonly requestId: string;
}

/**
 * Sends an operation of any model in its protocol, whatever the input: SDKs refuse or mend much of what is wrong before it is
 * sent. Timestamps are numbers, blobs base64.
 * @param credentials undefined: unsigned
 */
export async function signedCall(
  stack: Stack,
  operation: OperationModel,
  input: unknown,
  credentials: Credentials | undefined,
): Promise<RawAnswer> {
  const { endpoint, region } = stack.ready;
  const { service } = operation;
  const json = service.protocol === 'json';
  const body = json ? JSON.stringify(input) : formOf(operation, input as object);
  const headers = {
    host: new URL(endpoint).host,
    'content-type': json ? service.contentType : 'application/x-www-form-urlencoded; charset=utf-8',
    ...(json ? { 'x-amz-target': `${service.targetPrefix}.${operation.name}` } : {}),
  };
  const request = {
    method: 'POST',
    path: '/',
    query: '',
    headers: headersFromObject(headers),
    body: Buffer.from(body),
  };
  const target = { region, service: service.signingName };
  const added = credentials ? signRequest(request, credentials, target, new Date(), hash) : {};
  const { host: _, ...sent } = { ...headers, ...added };
  const response = await fetch(endpoint, { method: 'POST', headers: sent, body });
  const requestId = response.headers.get('x-amzn-requestid') ?? '';
  return { status: response.status, requestId, ...errorIn(response.status, await response.text()) };
}

function errorIn(status: number, body: string): Omit<RawAnswer, 'status' | 'requestId'> {
  if (status === 200) return { code: '', message: '', body };
  if (body.startsWith('<')) {
    const element = (name: string) => unescaped(new RegExp(`<${name}>([^]*?)</${name}>`).exec(body)?.[1] ?? '');
    return { code: element('Code'), message: element('Message'), body };
  }
  const error = JSON.parse(body) as { __type?: string; message?: string; Message?: string };
  return { code: error.__type ?? '', message: error.message ?? error.Message ?? '', body };
}

function unescaped(text: string): string {
  const known: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(parseInt(hex as string, 16));
    return known[name as string] ?? whole;
  });
}

/** The form of the query protocol. */
function formOf({ name, service }: OperationModel, input: object): string {
  const { shapes, operations } = service.model;
  const form = new URLSearchParams({ Action: name, Version: service.apiVersion });
  const put = (key: string, shape: Shape, value: unknown): void => {
    switch (shape.type) {
      case 'structure':
        for (const [member, ref] of Object.entries(shape.members ?? {})) {
          const one = (value as Record<string, unknown>)[member];
          const below = ref.locationName ?? member;
          if (one !== undefined) put(key === '' ? below : `${key}.${below}`, shapes[ref.shape]!, one);
        }
        return;
      case 'list': {
        const items = shape.flattened ? key : `${key}.${shape.member!.locationName ?? 'member'}`;
        (value as unknown[]).forEach((one, index) => put(`${items}.${index + 1}`, shapes[shape.member!.shape]!, one));
        return;
      }
      case 'map':
        Object.entries(value as object).forEach(([entry, one], index) => {
          const place = `${shape.flattened ? key : `${key}.entry`}.${index + 1}`;
          form.append(`${place}.${shape.key!.locationName ?? 'key'}`, entry);
          put(`${place}.${shape.value!.locationName ?? 'value'}`, shapes[shape.value!.shape]!, one);
        });
        return;
      case 'timestamp':
        form.append(key, new Date((value as number) * 1000).toISOString());
        return;
      default:
        form.append(key, String(value));
    }
  };
  const { input: shape } = operations[name]!;
  if (shape) put('', shapes[shape.shape]!, input);
  return form.toString();
}
