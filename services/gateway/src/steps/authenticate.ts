import { createHmac, hash as digest } from 'node:crypto';

import {
  ApiError,
  type Hash,
  type OperationModel,
  type SignatureClaim,
  checkClaim,
  verifySignature,
} from '@muster/aws-protocol';
import { Bus, REGIONS } from '@muster/bus';
import { Identity, type Principal, Principal_Kind } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { Clock } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import { FailedKeys } from '../domain/failed-keys.js';
import { type KeyOwner, type KeyQuestion, type SigningKey, SigningKeys } from '../domain/signing-keys.js';
import { type HttpCall, headerOf } from '../http-call.js';
import { IdentityRevision } from '../identity-revision.js';
import { KeyUses } from '../key-uses.js';

/** Of a session token, characters. */
const LONGEST_TOKEN = 4_096;

const hash: Hash = {
  sha256: (data) => digest('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/** Step 3: who asks. The secret of an access key stays with identity; here are keys of one day, region and service. */
@Injectable()
export class Authenticate {
  private readonly keys: SigningKeys;
  private readonly failed = new FailedKeys();

  constructor(
    private readonly bus: Bus,
    revision: IdentityRevision,
    private readonly clock: Clock,
    private readonly uses: KeyUses,
    @Inject(REGIONS) private readonly regions: readonly string[],
  ) {
    this.keys = new SigningKeys({
      currentRevision: () => revision.current(),
      ask: (question) => this.askIdentity(question),
    });
    revision.onRestored(() => this.keys.forget());
  }

  /**
   * @returns the caller; undefined for an operation that is called unsigned
   * @throws ApiError in AWS's words
   */
  async caller(
    call: HttpCall,
    claim: SignatureClaim | undefined,
    operation: OperationModel,
  ): Promise<Caller | undefined> {
    if (operation.public) return undefined;
    if (!claim) throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');

    const now = this.clock.now();
    checkClaim(claim, { service: operation.service.signingName, regions: this.regions }, now);
    const { owner, key, expired } = await this.keyOf(claim, call.sourceIp, now.getTime());
    // A key that is at hand ends with its session: identity says nothing when a session is over.
    if (expired || (owner?.expiresAt !== undefined && owner.expiresAt <= now.getTime())) throw hasExpired();
    if (!owner) throw unrecognized();
    verifySignature(call, claim, key, now, hash);
    if (owner.expiresAt === undefined) this.uses.note(claim, now.getTime());
    return {
      ...owner,
      region: claim.region,
      accessKeyId: claim.accessKeyId,
      sourceIp: call.sourceIp,
      secureTransport: call.secure,
      ...userAgentOf(call),
    };
  }

  private async keyOf(claim: SignatureClaim, source: string, now: number): Promise<SigningKey> {
    if (!/^\w{16,128}$/.test(claim.accessKeyId)) throw unrecognized();
    // Cached by it: what is longer than any token that we make is none.
    if ((claim.sessionToken?.length ?? 0) > LONGEST_TOKEN) throw unrecognized();
    if (await this.keys.knows(claim)) return this.keys.of(claim);
    // A client that goes on with a key that was revoked must not lock out others of its source (a router, a proxy): what
    // is answered from here costs nobody anything and is not counted, and who was known is asked about again.
    if (this.failed.isTooMany(source, now) && !this.keys.wasThere(claim)) {
      throw new ApiError('ThrottlingException', 'Rate exceeded');
    }
    const found = await this.keys.of(claim);
    if (!found.owner && !found.expired) this.failed.add(source, now);
    return found;
  }

  private async askIdentity(question: KeyQuestion): Promise<SigningKey> {
    const { accessKeyId, date, region, service, sessionToken } = question;
    const answer = await this.bus.rpc(
      Identity.method.signingKey,
      { accessKeyId, date, region, service, ...(sessionToken ? { sessionToken } : {}) },
      { deadlineMs: 5_000 },
    );
    return {
      owner: answer.principal && ownerOf(answer.principal, answer.expiresAtMs),
      key: answer.signingKey,
      revision: answer.revision,
      expired: answer.expired,
    };
  }
}

function ownerOf(principal: Principal, expiresAtMs: bigint | undefined): KeyOwner {
  const { account, arn, userId, issuerArn, tokenIssuedAtMs } = principal;
  return {
    ...{ account, arn, userId, kind: kinds[principal.kind] },
    ...(issuerArn !== undefined && { issuerArn }),
    ...(tokenIssuedAtMs !== undefined && { tokenIssuedAt: Number(tokenIssuedAtMs) }),
    ...(expiresAtMs !== undefined && { expiresAt: Number(expiresAtMs) }),
  };
}

const kinds: Readonly<Record<Principal_Kind, KeyOwner['kind']>> = {
  [Principal_Kind.UNSPECIFIED]: 'User',
  [Principal_Kind.USER]: 'User',
  [Principal_Kind.ASSUMED_ROLE]: 'AssumedRole',
  [Principal_Kind.ROOT]: 'Root',
};

function userAgentOf(call: HttpCall): { userAgent?: string } {
  const userAgent = headerOf(call, 'user-agent')?.slice(0, 256);
  return userAgent ? { userAgent } : {};
}

function unrecognized(): ApiError {
  return new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
}

function hasExpired(): ApiError {
  return new ApiError('ExpiredTokenException', 'The security token included in the request is expired');
}
