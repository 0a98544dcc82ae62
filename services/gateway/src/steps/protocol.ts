import { type SignatureClaim, parseAuthorization } from '@muster/aws-protocol';

import { type FoundOperation, findOperation } from '../domain/find-operation.js';
import type { HttpCall } from '../http-call.js';

/** What a request asks for, and what it claims about its signature. */
export interface Understood extends FoundOperation {
  readonly claim: SignatureClaim | undefined;
}

/**
 * Step 2: what is asked, by the models alone.
 * @throws ApiError UnknownOperationException, IncompleteSignatureException
 */
export function understand(call: HttpCall): Understood {
  const claim = parseAuthorization(call.headers, call.query);
  return { claim, ...findOperation(call, claim) };
}
