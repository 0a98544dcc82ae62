import { parseArn } from './arn.js';
import type { Caller } from './caller.js';
import type { Principals, Statement } from './policy.js';

/**
 * How precisely a resource's policy named the caller. `direct`: the user, or the session of a role; `role`: its role, or
 * everybody; `account`: its account, which hands the decision to the account's own policies.
 */
export type Named = 'direct' | 'role' | 'account';

/** How a statement speaks about a caller; undefined: it does not. */
export type PrincipalTest = (caller: Caller) => Named | undefined;

/** Makes a test of Principal or NotPrincipal; undefined when the statement has neither. */
export function compilePrincipals(statement: Statement): PrincipalTest | undefined {
  if (statement.Principal) return namesOf(statement.Principal);
  if (statement.NotPrincipal) return allBut(statement.NotPrincipal);
  return undefined;
}

function namesOf(principals: Principals): PrincipalTest {
  const names = new Set(principals === '*' ? ['*'] : (principals.AWS ?? []));
  return (caller) => {
    if (names.has(caller.arn) && caller.kind !== 'Root') return 'direct';
    if (names.has('*') || (caller.issuerArn !== undefined && names.has(caller.issuerArn))) return 'role';
    return namesAccount(names, caller.account) ? 'account' : undefined;
  };
}

/**
 * Everybody but these. Naming the account exempts all of it, unless the list also names somebody of it: AWS wants the
 * account beside each principal that is exempted, and means the principal alone.
 */
function allBut(principals: Principals): PrincipalTest {
  if (principals === '*') return () => undefined;
  const names = new Set(principals.AWS ?? []);
  const precise = new Set([...names].flatMap((name) => (isAccount(name) ? [] : (parseArn(name)?.account ?? []))));
  return (caller) => {
    const exempt =
      names.has('*') ||
      names.has(caller.arn) ||
      (caller.issuerArn !== undefined && names.has(caller.issuerArn)) ||
      (namesAccount(names, caller.account) && (caller.kind === 'Root' || !precise.has(caller.account)));
    return exempt ? undefined : 'role';
  };
}

function namesAccount(names: ReadonlySet<string>, account: string): boolean {
  return account !== '' && (names.has(account) || names.has(rootOf(account)));
}

function isAccount(name: string): boolean {
  return /^\d{12}$/.test(name) || /:root$/.test(name);
}

/** How policies name an account as a principal. */
export function rootOf(account: string): string {
  return `arn:aws:iam::${account}:root`;
}
