import { parseArn } from './arn.js';
import type { Caller, Resource } from './caller.js';
import type { NamedPolicy, PrincipalPolicies, Statement } from './policy.js';
import { matchesWildcard } from './wildcard.js';

/** Yes, and which statements said so; or no, on which resource, and the sentence that AWS answers. */
export type Decision =
  | { readonly allowed: true; readonly by: readonly string[] }
  | {
      readonly allowed: false;
      /** A Deny statement matched; else nothing allowed it. */
      readonly explicit: boolean;
      readonly action: string;
      readonly resource: string;
      readonly message: string;
    };

type Refusal = 'explicit deny' | 'no identity-based policy' | 'no resource-based policy';

/**
 * Decides whether a caller may do something to all of these resources.
 *
 * A Deny anywhere wins; what nothing allows is refused. Without resources the action is judged on `*`, which is how AWS
 * judges actions without resource-level permissions. A resource that names another account is refused: identity-based
 * policies do not reach there.
 */
export function decide(
  caller: Caller,
  policies: PrincipalPolicies,
  action: string,
  resources: readonly Resource[],
  _now: Date = new Date(),
): Decision {
  const by = new Set<string>();
  for (const resource of resources.length > 0 ? resources : [{ arn: '*' }]) {
    const wanted = resource.action ?? action;
    const verdict = judge(caller, policies.identity, wanted, resource.arn);
    if (typeof verdict === 'string') {
      const message = accessDenied(caller.arn, wanted, resource.arn, verdict);
      return { allowed: false, explicit: verdict === 'explicit deny', action: wanted, resource: resource.arn, message };
    }
    for (const label of verdict) by.add(label);
  }
  return { allowed: true, by: [...by] };
}

function judge(caller: Caller, policies: readonly NamedPolicy[], action: string, arn: string): string[] | Refusal {
  if (caller.kind === 'Anonymous') return 'no identity-based policy';
  if (belongsToAnother(caller.account, arn)) return 'no resource-based policy';
  if (caller.kind === 'Root') return ['root of the account'];

  const allowing: string[] = [];
  for (const { name, document } of policies) {
    for (const [index, statement] of document.Statement.entries()) {
      if (!speaksAbout(statement, action, arn)) continue;
      if (statement.Effect !== 'Allow') return 'explicit deny';
      allowing.push(`${name}/${statement.Sid ?? `statement ${index + 1}`}`);
    }
  }
  return allowing.length > 0 ? allowing : 'no identity-based policy';
}

function speaksAbout(statement: Statement, action: string, arn: string): boolean {
  return (
    named(statement.Action, statement.NotAction, (pattern) => matchesAction(pattern, action)) &&
    named(statement.Resource, statement.NotResource, (pattern) => matchesArn(pattern, arn))
  );
}

function named(
  positive: readonly string[] | undefined,
  negative: readonly string[] | undefined,
  matches: (pattern: string) => boolean,
): boolean {
  if (positive) return positive.some(matches);
  return negative !== undefined && !negative.some(matches);
}

/** Actions are the same in upper and lower case. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
}

/** Resources are not. */
export function matchesArn(pattern: string, arn: string): boolean {
  return matchesWildcard(pattern, arn, { segments: true });
}

/** AWS's own resources carry no account, or the account `aws`. */
function belongsToAnother(account: string, arn: string): boolean {
  const owner = parseArn(arn)?.account;
  return owner !== undefined && /^\d{12}$/.test(owner) && owner !== account;
}

function accessDenied(callerArn: string, action: string, resource: string, refusal: Refusal): string {
  const what = `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource}`;
  return refusal === 'explicit deny'
    ? `${what} with an explicit deny in an identity-based policy`
    : `${what} because ${refusal} allows the ${action} action`;
}
