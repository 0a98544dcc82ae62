import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What a server answered. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const withinMs = 30_000;
const mostBytes = 1024 * 1024;

/**
 * Posts to an awsJson1.1 operation without a signature.
 * @param ca PEM that the server is verified against, instead of the system's
 * @throws when nobody knows whether the server did it
 */
export async function postJson(url: URL, target: string, body: object, ca?: string): Promise<JsonAnswer> {
  const payload = Buffer.from(JSON.stringify(body));
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': payload.length,
    'x-amz-target': target,
    'user-agent': 'muster-agent',
  };
  const options = { method: 'POST', headers, ca, signal: AbortSignal.timeout(withinMs) };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > mostBytes) response.destroy(new Error('the answer is too long'));
        pieces.push(piece);
      });
      response.once('error', reject);
      response.once('end', () => {
        try {
          const value = JSON.parse(Buffer.concat(pieces).toString()) as JsonAnswer['body'];
          resolve({ status: response.statusCode ?? 0, body: value });
        } catch (cause) {
          reject(new Error(`the answer is not JSON (HTTP ${response.statusCode})`, { cause }));
        }
      });
    });
    request.once('error', reject);
    request.end(payload);
  });
}
