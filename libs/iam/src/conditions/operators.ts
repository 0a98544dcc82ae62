import { MalformedPolicy } from '../malformed-policy.js';
import type { RequestContext } from '../request-context.js';
import {
  type Template,
  type TemplateMatcher,
  compileTemplate,
  isStatic,
  parseTemplate,
  resolveGlob,
  resolveText,
  staticGlob,
} from '../template.js';
import { type Glob, STAR, compileGlob } from '../wildcard.js';
import { ipRange } from './ip-range.js';

/** One condition operator: how a value of the policy becomes a test of a value of the request. */
export interface Operator {
  /** `StringNotEquals`: holds when no value matches, also when the request has no such key. */
  readonly negated: boolean;
  /** @throws MalformedPolicy when the value is none for this operator */
  compile(value: string, variables: boolean): TemplateMatcher;
}

/** Every operator but Null, by its name in lower case. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...pair('StringEquals', 'StringNotEquals', withTemplate(equals((text) => text))),
    ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', withTemplate(equals((text) => text.toLowerCase()))),
    ...pair('StringLike', 'StringNotLike', withTemplate(compileTemplate)),
    // Since their values may hold wildcards, AWS's two operators for ARNs say the same.
    ...pair('ArnEquals', 'ArnNotEquals', withTemplate(arnLike)),
    ...pair('ArnLike', 'ArnNotLike', withTemplate(arnLike)),
    ...comparisons('Numeric', parseNumber, 'a number'),
    ...comparisons('Date', parseDate, 'a date in ISO 8601 or seconds since 1970'),
    ...pair('IpAddress', 'NotIpAddress', plain(ipRange, 'an address or a range such as 203.0.113.0/24')),
    Bool: { negated: false, compile: plain(bool, 'true or false') },
    BinaryEquals: { negated: false, compile: plain(binary, 'base64') },
  }).map(([name, operator]) => [name.toLowerCase(), operator]),
);

type Compile = Operator['compile'];

function pair(positive: string, negative: string, compile: Compile): Record<string, Operator> {
  return { [positive]: { negated: false, compile }, [negative]: { negated: true, compile } };
}

function withTemplate(compile: (template: Template) => TemplateMatcher): Compile {
  return (value, variables) => compile(parseTemplate(value, variables));
}

/** Operators that take no policy variables: what is no value of their kind is refused. */
function plain(make: (value: string) => ((candidate: string) => boolean) | undefined, what: string): Compile {
  return (value) => {
    const test = make(value);
    if (!test) throw new MalformedPolicy(`The condition value '${value}' must be ${what}.`);
    return test;
  };
}

function comparisons(
  family: string,
  parse: (text: string) => number | undefined,
  what: string,
): Record<string, Operator> {
  const comparing = (holds: (given: number, wanted: number) => boolean): Compile =>
    plain((value) => {
      const wanted = parse(value);
      if (wanted === undefined) return undefined;
      return (candidate) => {
        const given = parse(candidate);
        return given !== undefined && holds(given, wanted);
      };
    }, what);
  const positive = (holds: (given: number, wanted: number) => boolean): Operator => ({
    negated: false,
    compile: comparing(holds),
  });
  return {
    ...pair(
      `${family}Equals`,
      `${family}NotEquals`,
      comparing((a, b) => a === b),
    ),
    [`${family}LessThan`]: positive((a, b) => a < b),
    [`${family}LessThanEquals`]: positive((a, b) => a <= b),
    [`${family}GreaterThan`]: positive((a, b) => a > b),
    [`${family}GreaterThanEquals`]: positive((a, b) => a >= b),
  };
}

function equals(fold: (text: string) => string): (template: Template) => TemplateMatcher {
  return (template) => {
    if (!isStatic(template)) {
      return (candidate, request) => {
        const wanted = resolveText(template, request);
        return wanted === undefined ? undefined : fold(wanted) === fold(candidate);
      };
    }
    const wanted = fold(
      template.map((part) => ('text' in part ? part.text : 'literal' in part ? part.literal : '')).join(''),
    );
    return (candidate) => fold(candidate) === wanted;
  };
}

/** Each of the six parts of an ARN by itself. */
function arnLike(template: Template): TemplateMatcher {
  if (isStatic(template)) return arnMatcher(staticGlob(template));
  return (candidate, request: RequestContext) => {
    const glob = resolveGlob(template, request);
    return glob && arnMatcher(glob)(candidate);
  };
}

function arnMatcher(glob: Glob): (candidate: string) => boolean {
  const parts = splitParts(glob, (unit) => unit === 58);
  // `*` alone, or a last part that is one star, stands for all that follows.
  const open = parts.length < 6 && parts.at(-1)!.length === 1 && parts.at(-1)![0] === STAR;
  const matchers = parts.map((part) => compileGlob(part));
  return (candidate) => {
    const given = splitParts(Array.from(candidate), (unit) => unit === ':').map((part) => part.join(''));
    if (given.length !== 6 || given[0] !== 'arn' || (!open && parts.length !== 6)) return false;
    return matchers.every((matches, at) => matches(given[at]!));
  };
}

/** At the first five borders: the last part holds what it likes. */
function splitParts<T>(units: readonly T[], isBorder: (unit: T) => boolean): T[][] {
  const parts: T[][] = [[]];
  for (const unit of units) {
    if (isBorder(unit) && parts.length < 6) parts.push([]);
    else parts.at(-1)!.push(unit);
  }
  return parts;
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : undefined;
}

const ISO = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

function parseDate(text: string): number | undefined {
  // A year has four digits; seconds since 1970 have more.
  if (/^\d{5,12}$/.test(text)) return Number(text) * 1000;
  if (!ISO.test(text)) return undefined;
  // Without a zone it is UTC, as at AWS; JavaScript would take a time of day as local.
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}

function bool(value: string): ((candidate: string) => boolean) | undefined {
  const wanted = value.toLowerCase();
  return wanted === 'true' || wanted === 'false' ? (candidate) => candidate.toLowerCase() === wanted : undefined;
}

function binary(value: string): ((candidate: string) => boolean) | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return undefined;
  return (candidate) => candidate === value;
}
