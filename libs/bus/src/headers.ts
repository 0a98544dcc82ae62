/** Header names of requests on the bus. */
export const HEADER = {
  /** Base64 of the caller as JSON. Believed only with the gateway's seal. */
  caller: 'Muster-Caller',
  /** The gateway's seal: HMAC-SHA256, base64url, by the key of the service that answers. */
  mac: 'Muster-Mac',
  requestId: 'Muster-Request-Id',
  /** How long the asker still waits: a duration, because clocks differ. */
  deadlineMs: 'Muster-Deadline-Ms',
  /** `amz-sdk-invocation-id`: the same on every try of one call. */
  invocationId: 'Muster-Invocation-Id',
  /** `open <id>`, `renew <id>` or `close <id>`: the call is about a stream to the gateway. */
  stream: 'Muster-Stream',
  /** Of an answer: the HTTP status. */
  status: 'Muster-Status',
  contentType: 'Content-Type',
  errorCode: 'Muster-Error-Code',
  errorMessage: 'Muster-Error-Message',
  errorStatus: 'Muster-Error-Status',
  /** Of an event in the stream: its place in the outbox of its service. */
  relaySeq: 'Muster-Relay-Seq',
  traceparent: 'traceparent',
} as const;
