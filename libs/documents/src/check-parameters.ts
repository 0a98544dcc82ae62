import type { CommandDocument } from './command-document.js';
import type { ParameterValues } from './interpolate.js';
import type { ParameterDefinition } from './parameter-definition.js';

/** As SendCommand gives them (lists always), or as they were bound before. */
export type GivenParameters = { readonly [name: string]: string | readonly string[] | undefined };

/** Every declared parameter with its value, or one sentence for AWS's `InvalidParameters`. */
export type CheckedParameters =
  { readonly ok: true; readonly values: ParameterValues } | { readonly ok: false; readonly problem: string };

/** Says whether a value matches a document's pattern as a whole. */
export type Matcher = (pattern: string, value: string) => boolean;

/**
 * Binds what was given to what the document declares. Patterns of documents that users wrote must not run unbounded on an event loop: hand in
 * a matcher with a bound for those.
 */
export function checkParameters(
  document: CommandDocument,
  given: GivenParameters,
  matches: Matcher = matchesWhole,
): CheckedParameters {
  const unknown = Object.keys(given).filter((name) => given[name] !== undefined && !document.parameters.has(name));
  if (unknown.length > 0) return refused(`The document does not support the parameter ${unknown.join(', ')}.`);

  const values: Record<string, string | readonly string[]> = {};
  for (const definition of document.parameters.values()) {
    const own = Object.hasOwn(given, definition.name) ? given[definition.name] : undefined;
    const value = own ?? definition.default;
    if (value === undefined) return refused(`The parameter ${definition.name} is required and has no value.`);
    const bound = bind(definition, value);
    if (bound === undefined) return refused(`The parameter ${definition.name} is a String: give exactly one value.`);
    // A default need not keep the rules ("" often stands for "none"); AWS checks what the caller gave.
    const problem = own === undefined ? undefined : problemOf(definition, bound, matches);
    if (problem) return refused(problem);
    values[definition.name] = bound;
  }
  return { ok: true, values };
}

function bind(definition: ParameterDefinition, value: string | readonly string[]) {
  if (definition.type === 'StringList') return typeof value === 'string' ? [value] : value;
  if (typeof value === 'string') return value;
  return value.length === 1 ? value[0] : undefined;
}

function problemOf(definition: ParameterDefinition, value: string | readonly string[], matches: Matcher) {
  const { name, allowedValues, allowedPattern, minChars, maxChars, minItems, maxItems } = definition;
  const items = typeof value === 'string' ? [value] : value;
  if (typeof value !== 'string') {
    if (items.length < (minItems ?? 0)) return `The parameter ${name} needs at least ${minItems} items.`;
    if (items.length > (maxItems ?? Infinity)) return `The parameter ${name} takes at most ${maxItems} items.`;
  }
  for (const item of items) {
    if (item.length < (minChars ?? 0)) return `The parameter ${name} needs at least ${minChars} characters.`;
    if (item.length > (maxChars ?? Infinity)) return `The parameter ${name} takes at most ${maxChars} characters.`;
    if (allowedValues && !allowedValues.includes(item)) {
      return `The parameter ${name} must be one of: ${allowedValues.join(', ')}.`;
    }
    if (allowedPattern !== undefined && !matches(allowedPattern, item)) {
      return `The parameter ${name} must match the pattern ${allowedPattern}.`;
    }
  }
  return undefined;
}

function matchesWhole(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}

function refused(problem: string): CheckedParameters {
  return { ok: false, problem };
}
