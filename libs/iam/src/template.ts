import { MalformedPolicy } from './malformed-policy.js';
import { type ConditionKey, type RequestContext, conditionKey } from './request-context.js';
import { type Glob, compileGlob, globOf, literalGlob, type MatchHow } from './wildcard.js';

/** A value of a policy with its policy variables taken apart. */
export type Template = readonly Part[];

type Part =
  | { readonly text: string }
  /** `${*}`, `${?}`, `${$}`: the character itself. */
  | { readonly literal: string }
  | { readonly key: ConditionKey; readonly fallback: string | undefined };

// A key begins and ends with something else than a blank, so that nothing can be divided in two ways: blanks without end
// would be tried in all of them.
const VARIABLE = /\$\{(?:([*?$])|\s*([A-Za-z0-9-]+:[^,{}'\s](?:[^,{}']*[^,{}'\s])?)\s*(?:,\s*'([^']*)'\s*)?)\}/y;

/**
 * Takes a value apart. Policies before version 2012-10-17 have no variables: it is all text there.
 * @throws MalformedPolicy when `${` begins no variable
 */
export function parseTemplate(value: string, variables: boolean): Template {
  if (!variables || !value.includes('${')) return [{ text: value }];
  const parts: Part[] = [];
  for (let at = 0; at < value.length;) {
    const begins = value.indexOf('${', at);
    if (begins !== at) parts.push({ text: value.slice(at, begins < 0 ? undefined : begins) });
    if (begins < 0) break;
    VARIABLE.lastIndex = begins;
    const found = VARIABLE.exec(value);
    if (!found) {
      throw new MalformedPolicy(
        `The policy variable in '${value}' must be \${key}, \${key, 'default'}, \${*}, \${?} or \${$}.`,
      );
    }
    const [, literal, key, fallback] = found;
    parts.push(literal !== undefined ? { literal } : { key: conditionKey(key!), fallback });
    at = VARIABLE.lastIndex;
  }
  return parts;
}

/** The value for one request; undefined when a variable has neither value nor default. */
export function resolveText(template: Template, request: RequestContext): string | undefined {
  let text = '';
  for (const part of template) {
    const piece = 'text' in part ? part.text : 'literal' in part ? part.literal : valueOf(part, request);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

/** The same as a pattern: wildcards are those that stand in the policy, never those in a variable's value. */
export function resolveGlob(template: Template, request: RequestContext): Glob | undefined {
  const glob: number[] = [];
  for (const part of template) {
    if ('text' in part) glob.push(...globOf(part.text));
    else {
      const value = 'literal' in part ? part.literal : valueOf(part, request);
      if (value === undefined) return undefined;
      glob.push(...literalGlob(value));
    }
  }
  return glob;
}

/** Whether a text matches; undefined when a variable could not be resolved. */
export type TemplateMatcher = (text: string, request: RequestContext) => boolean | undefined;

/** Makes a matcher of a template with wildcards; without variables it is compiled once. */
export function compileTemplate(template: Template, how: MatchHow = {}): TemplateMatcher {
  if (isStatic(template)) return compileGlob(staticGlob(template), how);
  return (text, request) => {
    const glob = resolveGlob(template, request);
    return glob && compileGlob(glob, how)(text);
  };
}

/** The same for every request. */
export function isStatic(template: Template): boolean {
  return template.every((part) => !('key' in part));
}

/** Of a template without variables. */
export function staticGlob(template: Template): Glob {
  return template.flatMap((part) =>
    'text' in part ? globOf(part.text) : 'literal' in part ? literalGlob(part.literal) : [],
  );
}

function valueOf({ key, fallback }: { key: ConditionKey; fallback: string | undefined }, request: RequestContext) {
  // A key with several values has no one value to put in its place.
  const values = request.valuesOf(key);
  return values?.length === 1 ? values[0] : fallback;
}
