import { ApiError } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { Identity, type IssueNodeCredentialRequest, isToken } from '@muster/contracts';

import { NodeCredentials } from '../node-credentials.js';
import { NodeKeys } from '../store/node-keys.js';

/** Registry asks it after an enrolment; only registry's bus user may. */
@Rpc(Identity.method.issueNodeCredential)
export class IssueNodeCredential implements HandlesRpc<typeof Identity.method.issueNodeCredential> {
  constructor(
    private readonly credentials: NodeCredentials,
    private readonly nodeKeys: NodeKeys,
  ) {}

  async handle({ nodeId, account, region, publicKey }: IssueNodeCredentialRequest) {
    // The id becomes part of the permitted subjects.
    if (!isToken(nodeId)) throw new ApiError('ValidationException', `'${nodeId}' is not a node id.`);
    const { issuedAt, expiresAt } = this.credentials.life();
    const jwt = this.credentials.issue(nodeId, publicKey, expiresAt);
    await this.nodeKeys.remember({ nodeId, account, region, publicKey, issuedAt, expiresAt });
    return { jwt, expiresAtMs: BigInt(expiresAt.getTime()) };
  }
}
