import { parseArn } from './arn.js';
import type { Caller, Resource } from './caller.js';
import { compilePolicy } from './compiled-policy.js';
import { type Refusal, accessDenied } from './denial.js';
import type { NamedPolicy, PolicyDocument, PrincipalPolicies } from './policy.js';
import type { Named } from './principals.js';
import { RequestContext } from './request-context.js';

/** Yes, and which statements said so; or no, on which resource, and the sentence that AWS answers. */
export type Decision =
  | {
      readonly allowed: true;
      /** `<policy>/<Sid or statement n>`, `policy of <arn>/<Sid>`. */
      readonly by: readonly string[];
    }
  | {
      readonly allowed: false;
      /** A Deny statement matched; else nothing allowed it. */
      readonly explicit: boolean;
      /** The Deny statement, named as in `by`. */
      readonly deniedBy?: string;
      readonly action: string;
      readonly resource: string;
      readonly message: string;
    };

/**
 * Decides whether a caller may do something to all of these resources, as AWS does.
 *
 * A Deny anywhere wins; what nothing allows is refused. Within an account an identity-based policy is enough, or the
 * resource's own policy when it names the caller; a permissions boundary and session policies narrow (but not what the
 * resource grants to the user or to the session itself). Into another account both sides must allow. A resource whose
 * policy governs (a key, a role that is assumed) allows by that policy, or hands the decision to the account. Without
 * resources the action is judged on `*`, which is how AWS judges actions without resource-level permissions.
 */
export function decide(
  caller: Caller,
  policies: PrincipalPolicies,
  action: string,
  resources: readonly Resource[],
  now: Date,
): Decision {
  const by = new Set<string>();
  for (const resource of resources.length > 0 ? resources : EVERYTHING) {
    const wanted = resource.action ?? action;
    const verdict = judge(new RequestContext(caller, policies, wanted, resource, now), policies);
    if (!Array.isArray(verdict)) {
      const { reason, deniedBy } = verdict as Refused;
      const message = accessDenied(caller.arn, wanted, resource.arn, reason);
      const explicit = deniedBy !== undefined;
      return {
        allowed: false,
        explicit,
        ...(explicit && { deniedBy }),
        action: wanted,
        resource: resource.arn,
        message,
      };
    }
    for (const label of verdict as string[]) by.add(label);
  }
  return { allowed: true, by: [...by] };
}

const EVERYTHING: readonly Resource[] = [{ arn: '*' }];

interface Refused {
  readonly reason: Refusal;
  readonly deniedBy?: string;
}

function judge(request: RequestContext, policies: PrincipalPolicies): string[] | Refused {
  const { caller, resource } = request;
  if (caller.kind === 'Anonymous' || policies.exists === false) return { reason: 'no identity-based policy' };
  const own = resource.policy ? askResource(request, resource.policy) : NOTHING_SAID;
  if ('reason' in own) return own;
  const held = caller.kind === 'Root' ? ALL_OF_THE_ACCOUNT : askIdentity(request, policies);
  if ('reason' in held) return held;

  const narrowed = held.narrowedBy;
  const byIdentity = held.allowing.length === 0 ? 'no identity-based policy' : narrowed;
  if (belongsToAnother(caller.account, resource.arn)) {
    if (own.named === undefined) return { reason: 'no resource-based policy' };
    return byIdentity ? { reason: byIdentity } : [...held.allowing, ...own.allowing];
  }
  if (own.named === 'direct') return own.allowing;
  if (own.named === 'role' && !narrowed) return own.allowing;
  if (resource.policyGoverns && own.named === undefined) return { reason: 'no resource-based policy' };
  if (!byIdentity) return resource.policyGoverns ? [...held.allowing, ...own.allowing] : [...held.allowing];
  return { reason: own.named === 'role' ? narrowed! : byIdentity };
}

/** What the resource's own policy says about the caller. */
interface Granted {
  readonly named: Named | undefined;
  readonly allowing: string[];
}

const NOTHING_SAID: Granted = { named: undefined, allowing: [] };

function askResource(request: RequestContext, policy: PolicyDocument): Granted | Refused {
  let named: Named | undefined;
  let allowing: string[] = [];
  for (const statement of compilePolicy(policy)) {
    const how = statement.principals?.(request.caller);
    if (how === undefined || !statement.speaksAbout(request)) continue;
    const label = `policy of ${request.resource.arn}/${statement.label}`;
    if (statement.effect === 'Deny') return { reason: 'deny in a resource-based policy', deniedBy: label };
    // Only what grants most counts: an account that is named beside the user adds nothing.
    if (named === undefined || RANK[how] > RANK[named]) [named, allowing] = [how, []];
    if (how === named) allowing.push(label);
  }
  return { named, allowing };
}

const RANK: Readonly<Record<Named, number>> = { account: 1, role: 2, direct: 3 };

/** What the caller's own policies say. */
interface Held {
  readonly allowing: readonly string[];
  /** The first of boundary and session that does not allow it. */
  readonly narrowedBy: Refusal | undefined;
}

const ALL_OF_THE_ACCOUNT: Held = { allowing: ['root of the account'], narrowedBy: undefined };

function askIdentity(request: RequestContext, { identity, boundary, session }: PrincipalPolicies): Held | Refused {
  const allowing: string[] = [];
  const denied = ask(request, identity, 'deny in an identity-based policy', allowing);
  if (denied) return denied;
  let narrowedBy: Refusal | undefined;
  if (boundary) {
    const within: string[] = [];
    const refused = ask(request, [boundary], 'deny in a permissions boundary', within);
    if (refused) return refused;
    if (within.length === 0) narrowedBy = 'no permissions boundary';
  }
  if (session.length > 0) {
    const within: string[] = [];
    const refused = ask(request, session, 'deny in a session policy', within);
    if (refused) return refused;
    if (within.length === 0) narrowedBy ??= 'no session policy';
  }
  return { allowing, narrowedBy };
}

/** Adds the statements that allow; returns the one that denies. */
function ask(
  request: RequestContext,
  policies: readonly NamedPolicy[],
  reason: Refusal,
  allowing: string[],
): Refused | undefined {
  for (const { name, document } of policies) {
    for (const statement of compilePolicy(document)) {
      if (!statement.speaksAbout(request)) continue;
      const label = `${name}/${statement.label}`;
      if (statement.effect === 'Deny') return { reason, deniedBy: label };
      allowing.push(label);
    }
  }
  return undefined;
}

/** AWS's own resources carry no account, or the account `aws`. */
function belongsToAnother(account: string, arn: string): boolean {
  const owner = parseArn(arn)?.account;
  return owner !== undefined && owner !== account && /^\d{12}$/.test(owner);
}
