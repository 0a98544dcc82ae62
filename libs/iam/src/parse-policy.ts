import type { PolicyDocument, Statement } from './policy.js';

/** A policy document was refused. The message names the element, the rule and what is allowed instead. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

const VERSIONS = ['2012-10-17', '2008-10-17'];
const POLICY_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'];

/**
 * Reads a policy document. Where AWS takes one value or a list, the result has the list.
 *
 * What is not understood yet (conditions, principals, policy variables, any unknown element) is refused here, when the
 * policy is written: an element that nobody evaluates must never look as if it protected something.
 *
 * @throws MalformedPolicy
 */
export function parsePolicy(text: string): PolicyDocument {
  const document = asObject(parseJson(text), 'a policy');
  onlyKnown(document, POLICY_ELEMENTS, 'the policy');
  const { Version, Id, Statement: statements } = document;
  if (Version !== undefined && !VERSIONS.includes(Version as string)) {
    throw new MalformedPolicy(`Version must be one of ${VERSIONS.join(', ')}.`);
  }
  if (Id !== undefined && typeof Id !== 'string') throw new MalformedPolicy('Id must be a text.');
  const list = Array.isArray(statements) ? (statements as unknown[]) : [statements];
  if (statements === undefined || list.length === 0)
    throw new MalformedPolicy('A policy needs at least one Statement.');
  const parsed = list.map((statement, index) => parseStatement(statement, `Statement ${index + 1}`));
  sidsAreUnique(parsed);
  return {
    ...(Version !== undefined && { Version: Version as string }),
    ...(Id !== undefined && { Id }),
    Statement: parsed,
  };
}

function parseStatement(value: unknown, where: string): Statement {
  const statement = asObject(value, where);
  onlyKnown(statement, STATEMENT_ELEMENTS, where);
  const { Sid, Effect } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new MalformedPolicy(`${where}: Effect must be Allow or Deny.`);
  if (Sid !== undefined && (typeof Sid !== 'string' || !/^[A-Za-z0-9]*$/.test(Sid))) {
    throw new MalformedPolicy(`${where}: Sid may hold letters and digits only.`);
  }
  return {
    ...(Sid && { Sid }),
    Effect,
    ...oneOf(statement, 'Action', 'NotAction', where, checkAction),
    ...oneOf(statement, 'Resource', 'NotResource', where, checkResource),
  };
}

function oneOf<A extends string, B extends string>(
  statement: Record<string, unknown>,
  positive: A,
  negative: B,
  where: string,
  check: (value: string, where: string) => void,
): Partial<Record<A | B, string[]>> {
  const named = [positive, negative].filter((name) => statement[name] !== undefined);
  const [name] = named;
  if (!name || named.length > 1)
    throw new MalformedPolicy(`${where}: exactly one of ${positive} and ${negative} is needed.`);
  const value = statement[name];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0) throw new MalformedPolicy(`${where}: ${name} must not be empty.`);
  const texts = list.map((item) => {
    if (typeof item !== 'string') throw new MalformedPolicy(`${where}: ${name} must be a text or a list of texts.`);
    check(item, `${where}: ${name} '${item}'`);
    return item;
  });
  return { [name]: texts } as Partial<Record<A | B, string[]>>;
}

function checkAction(action: string, where: string): void {
  if (action === '*') return;
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
    throw new MalformedPolicy(
      `${where} must be * or have the form service:Action; wildcards stand behind the colon only.`,
    );
  }
}

function checkResource(resource: string, where: string): void {
  if (resource.includes('${'))
    throw new MalformedPolicy(`${where} holds a policy variable; these are not supported yet.`);
  if (resource === '*') return;
  const [scheme, partition, service, , , ...rest] = resource.split(':');
  if (scheme !== 'arn' || !partition || !service || rest.join(':') === '') {
    throw new MalformedPolicy(`${where} must be * or an ARN, arn:partition:service:region:account:resource.`);
  }
  if (/[*?]/.test(service)) throw new MalformedPolicy(`${where} must not have a wildcard as its service.`);
}

function sidsAreUnique(statements: readonly Statement[]): void {
  const sids = statements.flatMap((statement) => statement.Sid ?? []);
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice) throw new MalformedPolicy(`Sid ${twice} is used twice; each Sid must be unique in its policy.`);
}

function onlyKnown(object: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new MalformedPolicy(
      `${where}: ${unknown.join(', ')} is not supported. Supported elements: ${known.join(', ')}.`,
    );
  }
}

function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedPolicy(`${where} must be a JSON object.`);
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedPolicy('The policy is not JSON.', { cause });
  }
}
