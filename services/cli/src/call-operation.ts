import { type OperationModel, clientCodec } from '@muster/aws-protocol';

import { CliError, exitCode } from './cli-error.js';
import type { Connection } from './profile.js';
import { sendCall } from './send-call.js';
import { ServerSentEvents } from './server-sent-events.js';

/** More pages than a list of ours can have. */
const mostPages = 1_000;

/** How a call is made. */
export interface CallOptions {
  readonly signed: boolean;
  readonly readTimeoutMs: number;
  /** All pages of a list, as one. */
  readonly allPages: boolean;
}

/**
 * Calls an operation.
 * @returns the output; timestamps are `Date`, blobs `Uint8Array`
 * @throws CliError as the aws CLI words it
 */
export async function callOperation(
  operation: OperationModel,
  input: Record<string, unknown>,
  connection: Connection,
  how: CallOptions,
): Promise<Record<string, unknown>> {
  const first = await callOnce(operation, input, connection, how);
  if (!how.allPages) return first;
  const whole = { ...first };
  for (let page = 1; typeof whole['NextToken'] === 'string' && page < mostPages; page++) {
    const next = await callOnce(operation, { ...input, NextToken: whole['NextToken'] }, connection, how);
    delete whole['NextToken'];
    for (const [name, value] of Object.entries(next)) {
      const before = whole[name];
      whole[name] =
        Array.isArray(before) && Array.isArray(value) ? [...(before as unknown[]), ...(value as unknown[])] : value;
    }
  }
  return whole;
}

/**
 * Follows an operation that is a stream, until it ends.
 * @param take each output; timestamps are `Date`, blobs `Uint8Array`
 * @throws CliError when it is refused, or breaks off
 */
export async function followOperation(
  operation: OperationModel,
  input: Record<string, unknown>,
  connection: Connection,
  take: (output: Record<string, unknown>) => void,
): Promise<void> {
  const { target, encodeInput, decodeOutput } = clientCodec(operation);
  const { contentType, signingName } = operation.service;
  const events = new ServerSentEvents();
  const reply = await sendCall(
    {
      target,
      contentType,
      body: encodeInput(input),
      signingName,
      // Heartbeats come every few seconds: who hears none for so long is cut off without knowing it.
      readTimeoutMs: 60_000,
      onText: (text) => {
        for (const data of events.take(text)) take(decodeOutput(Buffer.from(data)) as Record<string, unknown>);
      },
    },
    connection,
  );
  if (reply.status >= 300) throw refused(operation.name, reply.status, reply.body);
}

async function callOnce(
  operation: OperationModel,
  input: Record<string, unknown>,
  connection: Connection,
  how: CallOptions,
): Promise<Record<string, unknown>> {
  const { target, encodeInput, decodeOutput } = clientCodec(operation);
  const reply = await sendCall(
    {
      target,
      contentType: operation.service.contentType,
      body: encodeInput(input),
      ...(how.signed && !operation.public ? { signingName: operation.service.signingName } : {}),
      readTimeoutMs: how.readTimeoutMs,
    },
    connection,
  );
  if (reply.status >= 300) throw refused(operation.name, reply.status, reply.body);
  try {
    return decodeOutput(reply.body) as Record<string, unknown>;
  } catch (cause) {
    throw new CliError(`The answer of ${connection.endpointUrl} is not Muster's`, exitCode.general, { cause });
  }
}

function refused(operation: string, status: number, body: Uint8Array): CliError {
  const { code, message } = errorIn(body, status);
  return new CliError(
    `An error occurred (${code}) when calling the ${operation} operation: ${message}`,
    exitCode.service,
  );
}

function errorIn(body: Uint8Array, status: number): { code: string; message: string } {
  try {
    const error = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>;
    const code = typeof error['__type'] === 'string' ? error['__type'].replace(/^.*#/, '') : String(status);
    const message = error['message'] ?? error['Message'];
    return { code, message: typeof message === 'string' ? message : '' };
  } catch {
    return { code: String(status), message: Buffer.from(body).toString('utf8').slice(0, 200) };
  }
}
