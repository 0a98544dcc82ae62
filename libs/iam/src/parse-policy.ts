import { compilePolicy } from './compiled-policy.js';
import { MalformedPolicy } from './malformed-policy.js';
import { parseConditions } from './parse-conditions.js';
import { parsePrincipals } from './parse-principals.js';
import type { PolicyDocument, PolicyKind, Statement } from './policy.js';

const VERSIONS = ['2012-10-17', '2008-10-17'];
const POLICY_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

/**
 * Reads a policy document. Where AWS takes one value or a list, the result has the list.
 *
 * Whatever is not understood (an unknown element, operator, or a value that is none for its operator) is refused here,
 * when the policy is written: an element that nobody evaluates must never look as if it protected something.
 *
 * @param kind what it is attached to: identities' policies name no principal, all others must; a key's is about `*`, a
 *   role's trust policy about no resource
 * @throws MalformedPolicy in AWS's words where they are known, with the statement, the element and the rule
 */
export function parsePolicy(text: string, kind: PolicyKind = 'identity'): PolicyDocument {
  const document = asObject(parseJson(text), 'a policy');
  onlyKnown(document, POLICY_ELEMENTS, 'the policy');
  const { Version, Id, Statement: statements } = document;
  if (Version !== undefined && !VERSIONS.includes(Version as string)) {
    throw new MalformedPolicy(
      `Policy document must be version 2012-10-17 or greater: Version must be one of ${VERSIONS.join(', ')}.`,
    );
  }
  if (Id !== undefined && typeof Id !== 'string') throw syntax('Id must be a text.');
  const list = Array.isArray(statements) ? (statements as unknown[]) : [statements];
  if (statements === undefined || list.length === 0) throw syntax('A policy needs at least one Statement.');
  const parsed: PolicyDocument = {
    ...(Version !== undefined && { Version: Version as string }),
    ...(Id !== undefined && { Id }),
    Statement: list.map((statement, index) => parseStatement(statement, kind, `Statement ${index + 1}`)),
  };
  sidsAreUnique(parsed.Statement);
  resourcesAreArns(parsed, kind);
  // What the evaluation would stumble over is refused now.
  compilePolicy(parsed);
  return parsed;
}

function parseStatement(value: unknown, kind: PolicyKind, where: string): Statement {
  const statement = asObject(value, where);
  onlyKnown(statement, STATEMENT_ELEMENTS, where);
  const { Sid, Effect, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw syntax(`${where}: Effect must be Allow or Deny.`);
  // Policies of resources may have blanks in it, as AWS's own default key policy has.
  const letters = kind === 'identity' ? /^[A-Za-z0-9]*$/ : /^[A-Za-z0-9 ._:/+=@,-]*$/;
  if (Sid !== undefined && (typeof Sid !== 'string' || !letters.test(Sid))) {
    throw new MalformedPolicy(
      `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]* (${where}).`,
    );
  }
  return {
    ...(Sid && { Sid }),
    Effect,
    ...parsePrincipals(statement, kind, Effect, where),
    ...oneOf(statement, 'Action', 'NotAction', where, 'Policy statement must contain actions', checkAction),
    ...resourcesOf(statement, kind, where),
    ...(Condition !== undefined && { Condition: parseConditions(Condition, where) }),
  };
}

function resourcesOf(statement: Record<string, unknown>, kind: PolicyKind, where: string) {
  if (kind !== 'trust') {
    return oneOf(
      statement,
      'Resource',
      'NotResource',
      where,
      'Policy statement must contain resources',
      () => undefined,
    );
  }
  const has = ['Resource', 'NotResource'].find((name) => statement[name] !== undefined);
  if (has) throw new MalformedPolicy(`Has prohibited field ${has} (${where}).`);
  return {};
}

function oneOf<A extends string, B extends string>(
  statement: Record<string, unknown>,
  positive: A,
  negative: B,
  where: string,
  missing: string,
  check: (value: string, where: string) => void,
): Partial<Record<A | B, string[]>> {
  const named = [positive, negative].filter((name) => statement[name] !== undefined);
  const [name] = named;
  if (!name || named.length > 1) {
    throw new MalformedPolicy(`${missing}: ${where} needs exactly one of ${positive} and ${negative}.`);
  }
  const value = statement[name];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0) throw new MalformedPolicy(`${missing}: ${name} of ${where} must not be empty.`);
  const texts = list.map((item) => {
    if (typeof item !== 'string') throw syntax(`${where}: ${name} must be a text or a list of texts.`);
    check(item, `${where}: ${name} '${item}'`);
    return item;
  });
  return { [name]: texts } as Partial<Record<A | B, string[]>>;
}

function checkAction(action: string, where: string): void {
  if (action === '*' || action === '*:*') return;
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
    throw new MalformedPolicy(
      `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: ${where} must be * or have the form ` +
        'service:Action; wildcards stand behind the colon only.',
    );
  }
}

function resourcesAreArns(document: PolicyDocument, kind: PolicyKind): void {
  const variables = document.Version === '2012-10-17';
  for (const [index, { Resource, NotResource }] of document.Statement.entries()) {
    for (const resource of Resource ?? NotResource ?? []) {
      const where = `Statement ${index + 1}: Resource '${resource}'`;
      if (kind === 'key' && resource !== '*') {
        throw new MalformedPolicy(`${where} must be "*": a key policy is about the key that it is of.`);
      }
      // Up to the next `{` only: many that are never closed are not searched to the end each.
      checkResource(variables ? resource.replaceAll(/\$\{[^{}]*\}/g, 'variable') : resource, where);
    }
  }
}

function checkResource(resource: string, where: string): void {
  if (resource === '*') return;
  const [scheme, partition, service, , , ...rest] = resource.split(':');
  if (scheme !== 'arn' || !partition || !service || rest.join(':') === '') {
    throw new MalformedPolicy(
      `${where} must be in ARN format or "*": an ARN is arn:partition:service:region:account:resource.`,
    );
  }
  if (/[*?]/.test(service)) throw new MalformedPolicy(`${where} must not have a wildcard as its service.`);
}

function sidsAreUnique(statements: readonly Statement[]): void {
  const sids = statements.flatMap((statement) => statement.Sid ?? []);
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined) {
    throw new MalformedPolicy(`Statement IDs (SID) in a single policy must be unique: ${twice} is used twice.`);
  }
}

function onlyKnown(object: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw syntax(`${where}: ${unknown.join(', ')} is not supported. Supported elements: ${known.join(', ')}.`);
  }
}

function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw syntax(`${where} must be a JSON object.`);
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedPolicy('This policy contains invalid Json: the policy is not JSON.', { cause });
  }
}

function syntax(what: string): MalformedPolicy {
  return new MalformedPolicy(`Syntax errors in policy. ${what}`);
}
