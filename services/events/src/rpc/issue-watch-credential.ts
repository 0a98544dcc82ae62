import { ApiError } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { Events, type IssueWatchCredentialRequest } from '@muster/contracts';

import { Credentials } from '../credentials.js';

/** Parameters asks it when a watch is opened; only its bus user may. The seed that signs stays here. */
@Rpc(Events.method.issueWatchCredential)
export class IssueWatchCredential implements HandlesRpc<typeof Events.method.issueWatchCredential> {
  constructor(private readonly credentials: Credentials) {}

  handle({ account, watchId, publicKey }: IssueWatchCredentialRequest) {
    // They become the permitted subject: one of a watch, and of nothing else.
    if (!/^\d{12}$/.test(account) || !/^pw-[0-9a-f]{32}$/.test(watchId) || !/^U[A-Z2-7]{55}$/.test(publicKey)) {
      throw new ApiError('ValidationException', 'This is no watch: a credential is made for an account and an id.');
    }
    const { jwt, expiresAt } = this.credentials.issueForWatch(account, watchId, publicKey);
    const { urls, ca } = this.credentials.bus;
    return Promise.resolve({ jwt, expiresAtMs: BigInt(expiresAt.getTime()), urls: [...urls], ...(ca ? { ca } : {}) });
  }
}
