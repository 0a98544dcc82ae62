import { ApiError } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { type ActiveKeysRequest, Identity } from '@muster/contracts';

import { AccessKeys } from '../store/access-keys.js';

/** More are another question. */
const MOST = 1_000;

/** For who holds something open that was opened with a key: a key that was switched off or deleted ends it. */
@Rpc(Identity.method.activeKeys)
export class ActiveKeys implements HandlesRpc<typeof Identity.method.activeKeys> {
  constructor(private readonly accessKeys: AccessKeys) {}

  handle({ accessKeyIds }: ActiveKeysRequest) {
    if (accessKeyIds.length > MOST) throw new ApiError('ValidationException', `Ask for ${MOST} keys at most at once.`);
    return this.accessKeys.activeAmong(accessKeyIds);
  }
}
