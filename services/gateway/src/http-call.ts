import type { HeaderValues } from '@muster/aws-protocol';

import type { StreamReader } from './streams/open-stream.js';

/** A request as it came in, before anybody believed anything of it. */
export interface HttpCall {
  readonly requestId: string;
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** Still percent-encoded, without the question mark. */
  readonly query: string;
  readonly headers: HeaderValues;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** It came over TLS. */
  readonly secure: boolean;
}

/** What goes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly retryAfterSeconds?: number;
  /** It is not over with the body: a stream that wants its reader. Called once. */
  readonly goesOn?: (reader: StreamReader) => void;
}

/** The first value of a header. */
export function headerOf(call: Pick<HttpCall, 'headers'>, name: string): string | undefined {
  return call.headers.get(name)?.[0];
}
