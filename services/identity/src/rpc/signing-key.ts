import { createHash, createHmac } from 'node:crypto';

import { type Hash, deriveSigningKey } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { Identity, Principal_Kind, type SigningKeyRequest } from '@muster/contracts';

import { type Signer, Signers } from '../store/signers.js';

/** The key of one day, region and service: the gateway checks signatures with it and never sees a secret. */
@Rpc(Identity.method.signingKey)
export class SigningKey implements HandlesRpc<typeof Identity.method.signingKey> {
  constructor(private readonly signers: Signers) {}

  async handle(request: SigningKeyRequest) {
    const { revision, signer, expired } = await this.signers.of(request.accessKeyId, request.sessionToken);
    if (!signer) return { revision, expired: expired ?? false };
    return {
      revision,
      principal: principalOf(signer),
      signingKey: deriveSigningKey(signer.secret, request, hash),
      ...(signer.session && { expiresAtMs: BigInt(signer.session.expiresAt.getTime()) }),
    };
  }
}

function principalOf({ account, arn, userId, kind, session, issuerArn }: Signer) {
  return {
    account,
    arn,
    userId,
    kind: kind === 'User' ? Principal_Kind.USER : Principal_Kind.ASSUMED_ROLE,
    ...(session && { tokenIssuedAtMs: BigInt(session.issuedAt.getTime()) }),
    ...(issuerArn !== undefined && { issuerArn }),
  };
}

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
