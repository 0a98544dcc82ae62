import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { type Resource, parseArn, parsePolicy, requestTags } from '@muster/iam';
import { UnitOfWork } from '@muster/persistence';

import { withTags } from '../../domain/changed-tags.js';
import { assumedRoleArn } from '../../domain/principal-arn.js';
import { roleSessionSeconds, sessionTags } from '../../domain/session-rules.js';
import { roleAssumed } from '../../events.js';
import { SessionIssuer } from '../../session-issuer.js';
import { SessionPolicies } from '../../session-policies.js';
import { type Principal, Principals } from '../../store/principals.js';
import { type Inherited, Sessions } from '../../store/sessions.js';

interface Assumable extends Acted {
  readonly role: Principal | undefined;
}

const NOTHING_INHERITED: Inherited = { tags: {}, transitiveTagKeys: [], sourceIdentity: null };

/**
 * Temporary credentials of a role, also of one in another account of this deployment. Who may is said by the role's
 * trust policy, beside the caller's own policies where it names an account.
 */
@Operation('sts', 'AssumeRole')
export class AssumeRole implements Handles<AssumeRoleRequest, Assumable, AssumeRoleResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly sessions: Sessions,
    private readonly policies: SessionPolicies,
    private readonly issuer: SessionIssuer,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<AssumeRoleRequest>): Promise<Assumable> {
    if (!parseArn(input.RoleArn)?.resource.startsWith('role/')) {
      throw new ApiError('ValidationException', `${input.RoleArn} is invalid`);
    }
    const found = await this.principals.byArn(input.RoleArn);
    const role = found?.kind === 'Role' ? found : undefined;
    const on = roleResource(input, role);
    // AWS demands two further permissions of whoever says something about itself that policies will believe.
    const says = [
      ...((input.Tags?.length ?? 0) > 0 ? ['sts:TagSession'] : []),
      ...(input.SourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
    ];
    return { role, on: [on, ...says.map((action) => ({ ...on, action }))] };
  }

  async handle(input: Valid<AssumeRoleRequest>, { role }: Assumable, call: Call) {
    if (!role) throw new Error('a role that is not there was assumed');
    if (call.caller.kind === 'Root') {
      throw new ApiError('AccessDeniedException', 'Roles may not be assumed by root accounts.');
    }
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
      throw new ApiError('AccessDeniedException', 'MultiFactorAuthentication failed: there are no MFA devices here.');
    }
    const chained = call.caller.kind === 'AssumedRole';
    const seconds = roleSessionSeconds(input.DurationSeconds, role.maxSessionSeconds ?? 0, chained);
    const before = await this.inherited(call);
    const tags = sessionTags(withTags({}, input.Tags ?? []), input.TransitiveTagKeys ?? [], before);
    const sourceIdentity = sourceIdentityOf(input.SourceIdentity, before.sourceIdentity);
    const { policies, packedSize } = await this.policies.of(role.account, input);
    const name = input.RoleSessionName;

    return this.work.commit(call, async (tx) => {
      if (!(await this.principals.hold(tx, role.id))) throw justDeleted(call, role);
      const session = { principal: role.id, name, policies, ...tags, sourceIdentity };
      const credentials = await this.issuer.issue(tx, seconds, session);
      await this.principals.noteUse(tx, role.id, call.region);
      const arn = assumedRoleArn(role.account, role.name, name);
      tx.announce(
        roleAssumed({ account: role.account, region: call.region }, role.arn, {
          roleName: role.name,
          sessionArn: arn,
          by: call.caller.arn,
          expiresAt: credentials.Expiration.toISOString(),
        }),
      );
      return {
        Credentials: credentials,
        AssumedRoleUser: { Arn: arn, AssumedRoleId: `${role.userId}:${name}` },
        ...(packedSize !== undefined && { PackedPolicySize: packedSize }),
        ...(sourceIdentity !== null && { SourceIdentity: sourceIdentity }),
      };
    });
  }

  private async inherited(call: Call): Promise<Inherited> {
    const { kind, accessKeyId } = call.caller;
    if (kind !== 'AssumedRole' || accessKeyId === undefined) return NOTHING_INHERITED;
    return (await this.sessions.inheritance(accessKeyId)) ?? NOTHING_INHERITED;
  }
}

/** In the moment between the decision and the commit. */
function justDeleted(call: Call, role: Principal): ApiError {
  const what = `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`;
  return new ApiError('AccessDeniedException', what);
}

/** A role that is not there trusts nobody: the caller hears what it hears of one that does not trust it. */
function roleResource(input: Valid<AssumeRoleRequest>, role: Principal | undefined): Resource {
  const roleTags = Object.entries(role?.tags ?? {}).map(([key, value]) => [`iam:ResourceTag/${key}`, value]);
  return {
    arn: input.RoleArn,
    policyGoverns: true,
    policy: role ? parsePolicy(role.trustPolicy ?? '', 'trust') : { Statement: [] },
    tags: role?.tags ?? {},
    context: {
      'sts:RoleSessionName': input.RoleSessionName,
      ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
      ...(input.SourceIdentity !== undefined && { 'sts:SourceIdentity': input.SourceIdentity }),
      ...((input.TransitiveTagKeys?.length ?? 0) > 0 && { 'sts:TransitiveTagKeys': input.TransitiveTagKeys }),
      ...requestTags(input.Tags ?? []),
      ...(Object.fromEntries(roleTags) as Record<string, string>),
    },
  };
}

/** Once it is set, the sessions behind it cannot say another one. */
function sourceIdentityOf(given: string | undefined, before: string | null): string | null {
  if (before !== null && given !== undefined && given !== before) {
    throw new ApiError('AccessDeniedException', 'The source identity of a session cannot be changed by role chaining.');
  }
  return given ?? before;
}
