import type { Socket } from 'node:net';

import { ApiError, encodeError } from '@muster/aws-protocol';

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/**
 * Answers what never became a request: broken HTTP, too large headers, a client that is too slow. All that is left is
 * the socket.
 */
export function answerOnSocket(error: Error & { code?: string }, socket: Socket, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, contentType, body } = encodeError('json', refusalOf(error.code), requestId);
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Bad Request'}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    `x-amzn-RequestId: ${requestId}`,
    'Connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

function refusalOf(code: string | undefined): ApiError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError('RequestTimeoutException', 'The request was not sent in time.', { status: 408 });
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError('SerializationException', 'The request headers are too large.', { status: 431 });
    default:
      return new ApiError('SerializationException', 'The HTTP request is malformed.');
  }
}
