import { MalformedPolicy } from '../malformed-policy.js';
import type { Conditions, Statement } from '../policy.js';
import { type ConditionKey, type RequestContext, conditionKey } from '../request-context.js';
import type { TemplateMatcher } from '../template.js';
import { type Operator, operators } from './operators.js';

/** Whether a request meets all conditions of a statement. */
export type ConditionTest = (request: RequestContext) => boolean;

type Effect = Statement['Effect'];

/** How the values of a key that has several are looked at. */
type Quantifier = 'all' | 'any' | undefined;

interface Operation {
  readonly quantifier: Quantifier;
  readonly ifExists: boolean;
  /** Absent: Null. */
  readonly operator?: Operator;
}

/**
 * Makes a test of a Condition element: every operator and every key of it must hold; of a key's values one must match.
 * @throws MalformedPolicy for an operator that is not known or a value that is none for its operator
 */
export function compileConditions(conditions: Conditions, effect: Effect, variables: boolean): ConditionTest {
  const tests = Object.entries(conditions).flatMap(([name, keys]) => {
    const operation = operationOf(name);
    return Object.entries(keys).map(([key, values]) =>
      compileOne(operation, conditionKey(key), values, effect, variables),
    );
  });
  return (request) => tests.every((holds) => holds(request));
}

function operationOf(name: string): Operation {
  const [, prefix, rest] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/is.exec(name)!;
  const quantifier = prefix === undefined ? undefined : prefix.toLowerCase() === 'forallvalues' ? 'all' : 'any';
  const lower = rest!.toLowerCase();
  if (lower === 'null' && !quantifier) return { quantifier, ifExists: false };
  const ifExists = lower.endsWith('ifexists');
  const operator = operators.get(ifExists ? lower.slice(0, -'ifexists'.length) : lower);
  if (!operator) throw new MalformedPolicy(`Invalid Condition type : ${name}.`);
  return { quantifier, ifExists, operator };
}

function compileOne(
  { quantifier, ifExists, operator }: Operation,
  key: ConditionKey,
  values: readonly string[],
  effect: Effect,
  variables: boolean,
): ConditionTest {
  if (!operator) return isNull(key, values);
  const tests = values.map((value) => operator.compile(value, variables));
  const { negated } = operator;
  const passes = (value: string, request: RequestContext): boolean => {
    const matched = matchesOne(tests, value, request);
    // A variable without value matches nothing. It must not open what a NotEquals of an Allow keeps shut.
    if (matched === undefined) return negated && effect === 'Deny';
    return matched !== negated;
  };
  return (request) => {
    const given = request.valuesOf(key);
    if (given === undefined || given.length === 0) {
      if (ifExists || quantifier === 'all') return true;
      return quantifier === undefined && negated;
    }
    if (quantifier === 'any') return given.some((value) => passes(value, request));
    // Of a key with several values asked about as if it had one: one match is enough, and NotEquals allows none.
    if (quantifier === 'all' || negated) return given.every((value) => passes(value, request));
    return given.some((value) => passes(value, request));
  };
}

/** undefined: none matched, and one could not be resolved. */
function matchesOne(tests: readonly TemplateMatcher[], value: string, request: RequestContext): boolean | undefined {
  let unresolved = false;
  for (const test of tests) {
    const matched = test(value, request);
    if (matched) return true;
    if (matched === undefined) unresolved = true;
  }
  return unresolved ? undefined : false;
}

function isNull(key: ConditionKey, values: readonly string[]): ConditionTest {
  const wanted = values.map((value) => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') {
      throw new MalformedPolicy(`The condition value '${value}' of Null must be true or false.`);
    }
    return lower === 'true';
  });
  return (request) => {
    const given = request.valuesOf(key);
    return wanted.includes(given === undefined || given.length === 0);
  };
}
