import {
  ApiError,
  type OperationModel,
  type ServiceModel,
  type SignatureClaim,
  routes,
  serviceModel,
} from '@muster/aws-protocol';

import { type HttpCall, headerOf } from '../http-call.js';

/** What a request asks for. */
export interface FoundOperation {
  readonly operation: OperationModel;
  /** What the operation's service decodes. */
  readonly body: Uint8Array;
}

const { byTargetPrefix, byVersion } = routes();
const jsonTypes: ReadonlySet<string> = new Set([
  'application/x-amz-json-1.1',
  'application/x-amz-json-1.0',
  'application/json',
]);

/** The protocol in which a request must be answered, whatever becomes of it. */
export function protocolOf(call: Pick<HttpCall, 'headers' | 'query'>): 'json' | 'query' {
  if (headerOf(call, 'x-amz-target') !== undefined) return 'json';
  const isForm = mediaType(call) === 'application/x-www-form-urlencoded';
  return isForm || new URLSearchParams(call.query).has('Action') ? 'query' : 'json';
}

/**
 * Finds the operation by what the models say: awsJson names it in X-Amz-Target, the query protocol by Action, Version
 * and the service that the request is signed for.
 * @throws ApiError UnknownOperationException
 */
export function findOperation(call: HttpCall, claim: SignatureClaim | undefined): FoundOperation {
  if (call.path !== '/') throw unknown(`There is nothing at this path: API calls go to /.`, 404);
  if (call.method !== 'POST' && call.method !== 'GET') throw unknown(`API calls are made with POST.`, 405);
  return protocolOf(call) === 'json' ? byTarget(call) : byAction(call, claim);
}

function byTarget(call: HttpCall): FoundOperation {
  const target = headerOf(call, 'x-amz-target');
  if (target === undefined || call.method !== 'POST')
    throw unknown('Send POST with X-Amz-Target, or a form with Action.');
  if (!jsonTypes.has(mediaType(call))) throw unknown('The Content-Type must be application/x-amz-json-1.1.');

  const dot = target.lastIndexOf('.');
  const service = byTargetPrefix.get(target.slice(0, Math.max(dot, 0)));
  const operation = service && serviceModel(service).operations.get(target.slice(dot + 1));
  if (!operation) throw unknown(`The operation ${shortened(target)} is not known.`);
  return { operation, body: call.body };
}

function byAction(call: HttpCall, claim: SignatureClaim | undefined): FoundOperation {
  const body = formOf(call);
  const parameters = new URLSearchParams(Buffer.from(body).toString('latin1'));
  const [action, version] = [parameters.get('Action') ?? '', parameters.get('Version') ?? ''];
  const operation = serviceOf(version, claim)?.operations.get(action);
  if (!operation) {
    throw unknown(
      `Could not find operation ${shortened(action) || '(none)'} for version ${shortened(version) || 'NO_VERSION_SPECIFIED'}`,
    );
  }
  return { operation, body };
}

/** A form comes as the body, in the query string, or in both. */
function formOf(call: HttpCall): Uint8Array {
  const query = Buffer.from(withoutSignature(call.query), 'latin1');
  if (query.length === 0) return call.body;
  return call.body.length === 0 ? query : Buffer.concat([call.body, Buffer.from('&'), query]);
}

/** Whoever signs says for which service; whoever doesn't can only be told by the version. */
function serviceOf(version: string, claim: SignatureClaim | undefined): ServiceModel | undefined {
  const id = claim
    ? byVersion.get(`${claim.service}/${version}`)
    : [...byVersion].find(([key]) => key.endsWith(`/${version}`))?.[1];
  return id && serviceModel(id);
}

/** A presigned URL's own parameters are not the operation's. */
function withoutSignature(query: string): string {
  return query
    .split('&')
    .filter((parameter) => !/^X-Amz-/i.test(parameter))
    .join('&');
}

function mediaType(call: Pick<HttpCall, 'headers'>): string {
  return (headerOf(call, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

function shortened(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)}…` : text;
}

function unknown(message: string, status = 400): ApiError {
  return new ApiError('UnknownOperationException', message, { status });
}
