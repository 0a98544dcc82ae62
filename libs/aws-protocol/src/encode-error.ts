import type { ApiError } from './api-error.js';
import type { Shape } from './api-model.js';
import { compileJsonWriters, type JsonWriter } from './codec/json-writer.js';
import { escapeXml } from './codec/xml-writer.js';
import { models } from './models.js';
import type { ServiceModel, WireBody } from './service-model.js';
import { utf8 } from './text.js';

/** An error as it goes over the wire. */
export interface WireError extends WireBody {
  readonly status: number;
}

/**
 * Encodes an error as AWS does. awsJson answers every fault of the caller with 400; the statuses in the models belong to
 * the query protocol.
 * @param service whose model names the error's members; without it, any model that names the code
 */
export function encodeError(
  protocol: 'json' | 'query',
  error: ApiError,
  requestId: string,
  service?: ServiceModel,
): WireError {
  return protocol === 'json' ? jsonError(error, service) : queryError(error, requestId, service);
}

function jsonError(error: ApiError, service?: ServiceModel): WireError {
  const known = errorShape(error.code, service);
  const spelling = spellings[error.code] ?? known?.spelling ?? 'message';
  const fields = error.fields ? ((known?.write(error.fields) ?? error.fields) as object) : {};
  const body = { __type: error.code, ...(error.message === '' ? {} : { [spelling]: error.message }), ...fields };
  return {
    status: error.status,
    contentType: service?.contentType ?? 'application/x-amz-json-1.1',
    body: utf8(JSON.stringify(body)),
  };
}

/** What AWS's common front answers before a service sees the call is spelt the same for all services. */
const spellings: Readonly<Record<string, string>> = {
  AccessDeniedException: 'Message',
  SerializationException: 'Message',
  ThrottlingException: 'message',
  ValidationException: 'message',
};

interface ErrorShape {
  readonly shape: Shape;
  readonly spelling: string | undefined;
  readonly write: JsonWriter;
}

const cache = new Map<string, ErrorShape | undefined>();

function errorShape(code: string, service?: ServiceModel): ErrorShape | undefined {
  const key = `${service?.id ?? ''}/${code}`;
  if (!cache.has(key)) cache.set(key, findErrorShape(code, service));
  return cache.get(key);
}

function findErrorShape(code: string, service?: ServiceModel): ErrorShape | undefined {
  for (const { shapes } of service ? [service.model] : Object.values(models)) {
    const shape = Object.hasOwn(shapes, code) ? shapes[code] : undefined;
    if (!shape?.exception) continue;
    const spelling = Object.keys(shape.members ?? {}).find((member) => member.toLowerCase() === 'message');
    return { shape, spelling, write: compileJsonWriters(shapes)(code) };
  }
  return undefined;
}

/** What the query protocol calls the errors that every service may answer, and their statuses. */
const common: Readonly<Record<string, { code: string; status: number; message?: string }>> = {
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature', status: 403 },
  InternalServerError: { code: 'InternalFailure', status: 500 },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  MissingAuthenticationTokenException: {
    code: 'MissingAuthenticationToken',
    status: 403,
    message: 'Request is missing Authentication Token',
  },
  SerializationException: { code: 'MalformedInput', status: 400 },
  ThrottlingException: { code: 'Throttling', status: 400 },
  UnknownOperationException: { code: 'InvalidAction', status: 400 },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
  ValidationException: { code: 'ValidationError', status: 400 },
};

function queryError(error: ApiError, requestId: string, service?: ServiceModel): WireError {
  // sts models an error of the same name, of a token from another provider of identity; ours is about the caller's own.
  const modelled = error.code === 'ExpiredTokenException' ? undefined : errorShape(error.code, service)?.shape.error;
  const shared = modelled ? undefined : common[error.code];
  const status = error.status >= 500 ? error.status : (modelled?.httpStatusCode ?? shared?.status ?? error.status);
  const code = modelled?.code ?? shared?.code ?? error.code;
  const text =
    `<ErrorResponse xmlns="${escapeXml(service?.xmlNamespace ?? 'http://webservices.amazon.com/AWSFault/2005-15-09')}">` +
    `<Error><Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(shared?.message ?? error.message)}</Message></Error>` +
    `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`;
  return { status, contentType: 'text/xml', body: utf8(text) };
}
