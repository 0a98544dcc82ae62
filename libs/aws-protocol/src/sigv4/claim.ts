import { ApiError } from '../api-error.js';
import { queryParameters } from './canonical-request.js';
import type { HeaderValues } from './header-values.js';
import { amzDate, parseAmzDate } from './timestamp.js';

/** What a request says about its own signature; nothing of it is proven yet. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** YYYYMMDD of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Last part of the scope; `aws4_request` in whatever is valid. */
  readonly terminator: string;
  /** Lower-case, in the order of the signature. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** When it was signed: `20260915T143000Z`. */
  readonly timestamp: string;
  readonly time: number;
  readonly sessionToken?: string;
  /** Presigned by query parameters: seconds that it lasts. */
  readonly expiresSeconds?: number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** A header that decides who asks what may come once only. */
const single = ['authorization', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target', 'x-amz-content-sha256'];

/**
 * Reads what a request claims, from its Authorization header or from its query string (presigned).
 * @returns undefined when it is not signed at all
 * @throws ApiError IncompleteSignatureException, InvalidSignatureException in AWS's words
 */
export function parseAuthorization(headers: HeaderValues, query: string): SignatureClaim | undefined {
  for (const name of single) {
    if ((headers.get(name)?.length ?? 0) > 1) throw incomplete(`Header '${name}' must not be given more than once.`);
  }
  const header = headers.get('authorization')?.[0];
  const presigned = query.includes('X-Amz-Algorithm=');
  if (header !== undefined && presigned) {
    throw new ApiError(
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (presigned) return fromQuery(query);
  return header === undefined ? undefined : fromHeader(header, headers);
}

function fromHeader(header: string, headers: HeaderValues): SignatureClaim {
  const [, scheme = '', rest = ''] = /^\s*(\S+)\s*([^]*)$/.exec(header) ?? [];
  if (/^AWS4-/.test(scheme) && scheme !== algorithm)
    throw incomplete(`Unsupported AWS 'algorithm': '${scheme.slice(0, 64)}'.`);

  const parts = new Map<string, string>();
  for (const part of scheme === algorithm ? rest.split(',') : []) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const timestamp = headers.get('x-amz-date')?.[0] ?? fromHttpDate(headers.get('date')?.[0]);
  const missing = [
    ...['Credential', 'Signature', 'SignedHeaders']
      .filter((name) => !parts.get(name))
      .map((name) => `Authorization header requires '${name}' parameter.`),
    ...(timestamp ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ];
  // AWS repeats the header here; it may hold somebody's bearer token, so we don't.
  if (missing.length > 0) throw incomplete(missing.join(' '));

  const sessionToken = headers.get('x-amz-security-token')?.[0];
  return {
    ...scopeOf(parts.get('Credential')!),
    signedHeaders: parts.get('SignedHeaders')!.toLowerCase().split(';'),
    signature: parts.get('Signature')!,
    ...moment(timestamp!),
    ...(sessionToken ? { sessionToken } : {}),
  };
}

function fromQuery(query: string): SignatureClaim {
  const parameters = new Map<string, string>();
  for (const [name, value] of queryParameters(query)) {
    if (name.startsWith('X-Amz-') && parameters.has(name)) {
      throw incomplete(`Query-string parameter '${name.slice(0, 64)}' must not be given more than once.`);
    }
    parameters.set(name, value);
  }
  const found = parameters.get('X-Amz-Algorithm') ?? '';
  if (found !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${found.slice(0, 64)}'.`);
  const missing = ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
    .filter((name) => !parameters.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'.`);
  if (missing.length > 0) throw incomplete(missing.join(' '));

  const expires = parameters.get('X-Amz-Expires') ?? '300';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > 604_800) {
    throw incomplete("'X-Amz-Expires' must be a number of seconds between 0 and 604800.");
  }
  const sessionToken = parameters.get('X-Amz-Security-Token');
  return {
    ...scopeOf(parameters.get('X-Amz-Credential')!),
    signedHeaders: parameters.get('X-Amz-SignedHeaders')!.toLowerCase().split(';'),
    signature: parameters.get('X-Amz-Signature')!,
    ...moment(parameters.get('X-Amz-Date')!),
    expiresSeconds: Number(expires),
    ...(sessionToken ? { sessionToken } : {}),
  };
}

function scopeOf(
  credential: string,
): Pick<SignatureClaim, 'accessKeyId' | 'date' | 'region' | 'service' | 'terminator'> {
  const parts = credential.split('/');
  if (parts.length !== 5) {
    throw incomplete('Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.');
  }
  const [accessKeyId, date, region, service, terminator] = parts as [string, string, string, string, string];
  return { accessKeyId, date, region, service, terminator };
}

function moment(timestamp: string): Pick<SignatureClaim, 'timestamp' | 'time'> {
  const time = parseAmzDate(timestamp);
  if (time === undefined) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${timestamp.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return { timestamp, time };
}

function fromHttpDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : amzDate(time);
}

function incomplete(message: string): ApiError {
  return new ApiError('IncompleteSignatureException', message);
}
