import { ApiError } from './api-error.js';
import { fromBase64Url, toBase64Url } from './base64.js';
import { fromUtf8, utf8 } from './text.js';

/** What a page token is good for; anywhere else it is refused. */
export interface PageScope {
  /** `ssm:DescribeActivations` */
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** What the list was narrowed by: any JSON value. */
  readonly filters?: unknown;
}

type Sha256 = (data: Uint8Array) => Uint8Array;

const bindingBytes = 12;

/**
 * Makes an opaque token that says where the next page begins.
 * @param position any JSON value: usually the sort key of the last row. A caller can read and make one, so it must
 * give access to nothing: every page is decided on anew.
 */
export function encodePageToken(scope: PageScope, position: unknown, sha256: Sha256): string {
  const text = utf8(JSON.stringify(position));
  const token = new Uint8Array(bindingBytes + text.length);
  token.set(binding(scope, text, sha256));
  token.set(text, bindingBytes);
  return toBase64Url(token);
}

/**
 * The position in a token.
 * @throws ApiError InvalidNextToken when it was made for another operation, account, region or other filters
 */
export function decodePageToken(scope: PageScope, token: string, sha256: Sha256): unknown {
  const bytes = fromBase64Url(token);
  if (bytes && bytes.length > bindingBytes) {
    const text = bytes.subarray(bindingBytes);
    if (binding(scope, text, sha256).every((byte, i) => byte === bytes[i])) {
      try {
        return JSON.parse(fromUtf8(text));
      } catch {
        // falls through: not a token of ours
      }
    }
  }
  throw new ApiError('InvalidNextToken', 'The specified token is not valid. Use the NextToken of the same request.');
}

function binding(scope: PageScope, position: Uint8Array, sha256: Sha256): Uint8Array {
  const head = utf8(`${stableJson([scope.operation, scope.account, scope.region, scope.filters ?? null])}\n`);
  const bound = new Uint8Array(head.length + position.length);
  bound.set(head);
  bound.set(position, head.length);
  return sha256(bound).subarray(0, bindingBytes);
}

/** JSON with the members of objects in order, so that equal filters are equal texts. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) && !(one instanceof Date)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
