import { MalformedPolicy } from './malformed-policy.js';
import type { PolicyKind, PrincipalKind, Principals, Statement } from './policy.js';

const KINDS: readonly PrincipalKind[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/**
 * Reads Principal or NotPrincipal of a statement: policies of identities have neither, all others one of them.
 * @throws MalformedPolicy
 */
export function parsePrincipals(
  statement: Record<string, unknown>,
  kind: PolicyKind,
  effect: Statement['Effect'],
  where: string,
): Pick<Statement, 'Principal' | 'NotPrincipal'> {
  const names = (['Principal', 'NotPrincipal'] as const).filter((name) => statement[name] !== undefined);
  const [name] = names;
  if (kind === 'identity') {
    if (name) throw new MalformedPolicy(`Policy document should not specify a principal (${where}: ${name}).`);
    return {};
  }
  if (!name || names.length > 1) {
    throw new MalformedPolicy(
      `Missing required field Principal: ${where} needs ${kind === 'trust' ? 'Principal' : 'exactly one of Principal and NotPrincipal'}.`,
    );
  }
  if (name === 'NotPrincipal') {
    if (kind === 'trust') throw new MalformedPolicy(`Has prohibited field NotPrincipal (${where}).`);
    if (effect === 'Allow') {
      throw new MalformedPolicy(
        `${where}: NotPrincipal goes with Deny only: with Allow it would open to everybody else.`,
      );
    }
  }
  return { [name]: principalsOf(statement[name], `${where}: ${name}`) };
}

function principalsOf(value: unknown, where: string): Principals {
  if (value === '*') return '*';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${where} must be "*" or an object such as {"AWS": "123456789012"}.`);
  }
  const entries = Object.entries(value);
  if (entries.length === 0) throw invalid(`${where} must not be empty.`);
  return Object.fromEntries(
    entries.map(([kind, names]) => {
      if (!KINDS.includes(kind as PrincipalKind)) throw invalid(`${where} knows ${KINDS.join(', ')}, not '${kind}'.`);
      const list = Array.isArray(names) ? (names as unknown[]) : [names];
      if (list.length === 0) throw invalid(`${where}: ${kind} must not be empty.`);
      return [kind, list.map((each) => checked(each, kind, `${where}: ${kind}`))];
    }),
  );
}

function checked(name: unknown, kind: string, where: string): string {
  if (typeof name !== 'string' || name === '') throw invalid(`${where} must be a text or a list of texts.`);
  if (kind !== 'AWS' || name === '*' || /^\d{12}$/.test(name)) return name;
  if (/^arn:[\w-]+:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/[^*?]+)$/.test(name)) return name;
  throw invalid(
    `"AWS":"${name}" (${where}) must be "*", an account, or the whole ARN of a user, a role or a role's session: no wildcards.`,
  );
}

function invalid(what: string): MalformedPolicy {
  return new MalformedPolicy(`Invalid principal in policy: ${what}`);
}
