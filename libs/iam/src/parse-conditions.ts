import { MalformedPolicy } from './malformed-policy.js';
import type { Conditions } from './policy.js';

/**
 * Reads a Condition element. Values may be texts, numbers or truth values, one or a list; the result has lists of texts.
 * Whether operators and values are good is found out when it is compiled.
 * @throws MalformedPolicy
 */
export function parseConditions(value: unknown, where: string): Conditions {
  const operators = entriesOf(value, `${where}: Condition`);
  return Object.fromEntries(
    operators.map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        entriesOf(keys, `${where}: Condition ${operator}`).map(([key, values]) => {
          if (!/^[A-Za-z0-9-]+:.+$/s.test(key)) {
            throw new MalformedPolicy(
              `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: ${where}: condition key '${key}' has the form service:Key.`,
            );
          }
          return [key, valuesOf(values, `${where}: Condition ${operator}, ${key}`)];
        }),
      ),
    ]),
  );
}

function valuesOf(value: unknown, where: string): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0) throw new MalformedPolicy(`Syntax errors in policy. ${where} must not be empty.`);
  return list.map((each) => {
    if (typeof each !== 'string' && typeof each !== 'number' && typeof each !== 'boolean') {
      throw new MalformedPolicy(
        `Syntax errors in policy. ${where} must be a text, a number, true, false or a list of them.`,
      );
    }
    return String(each);
  });
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedPolicy(`Syntax errors in policy. ${where} must be a JSON object.`);
  }
  return Object.entries(value);
}
