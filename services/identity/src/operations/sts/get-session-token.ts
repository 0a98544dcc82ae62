import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { sessionTokenIssued } from '../../events.js';
import { SessionIssuer } from '../../session-issuer.js';
import { Principals } from '../../store/principals.js';

/** AWS's: twelve hours. */
const USUAL_SECONDS = 43_200;

/**
 * Temporary credentials of the calling user. AWS asks no policy about it: they may no more than the user's own, and
 * nothing in IAM.
 */
@Operation('sts', 'GetSessionToken', { needsNoPermission: true })
export class GetSessionToken implements Handles<GetSessionTokenRequest, Acted, GetSessionTokenResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly issuer: SessionIssuer,
    private readonly work: UnitOfWork,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<GetSessionTokenRequest>, _loaded: Acted, call: Call) {
    const { caller } = call;
    if (caller.kind !== 'User' || caller.expiresAt !== undefined) {
      throw new ApiError('AccessDeniedException', 'Cannot call GetSessionToken with session credentials');
    }
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
      throw new ApiError('AccessDeniedException', 'MultiFactorAuthentication failed: there are no MFA devices here.');
    }
    const user = await this.principals.byArn(caller.arn);
    if (!user) throw nobody();

    return this.work.commit(call, async (tx) => {
      if (!(await this.principals.hold(tx, user.id))) throw nobody();
      const Credentials = await this.issuer.issue(tx, input.DurationSeconds ?? USUAL_SECONDS, {
        principal: user.id,
        name: null,
        policies: [],
        tags: {},
        transitiveTagKeys: [],
        sourceIdentity: null,
      });
      const expiresAt = Credentials.Expiration.toISOString();
      tx.announce(sessionTokenIssued(call, user.arn, { userName: user.name, expiresAt }));
      return { Credentials };
    });
  }
}

/** The user was deleted meanwhile. */
function nobody(): ApiError {
  return new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
}
