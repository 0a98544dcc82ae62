import { createHash, createHmac } from 'node:crypto';

import { type Hash, deriveSigningKey } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { Identity, Principal_Kind, type SigningKeyRequest } from '@muster/contracts';

import { AccessKeys } from '../store/access-keys.js';

/** The key of one day, region and service: the gateway checks signatures with it and never sees a secret. */
@Rpc(Identity.method.signingKey)
export class SigningKey implements HandlesRpc<typeof Identity.method.signingKey> {
  constructor(private readonly accessKeys: AccessKeys) {}

  async handle(request: SigningKeyRequest) {
    const { revision, owner } = await this.accessKeys.activeOwner(request.accessKeyId);
    // Long-term keys carry no session token; one that comes with a token is not that key.
    if (!owner || request.sessionToken !== undefined) return { revision };
    return {
      revision,
      principal: { account: owner.account, arn: owner.arn, userId: owner.userId, kind: Principal_Kind.USER },
      signingKey: deriveSigningKey(owner.secret, request, hash),
    };
  }
}

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
