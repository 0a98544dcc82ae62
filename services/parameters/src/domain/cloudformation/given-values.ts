import type { DeclaredParameter } from './declared-parameter.js';
import { templateError } from './template-error.js';

/** What a caller says about one parameter. */
export interface GivenParameter {
  readonly ParameterKey: string;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

/** What a parameter had the last time. */
export interface PreviousParameter {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly ResolvedValue?: string | undefined;
  readonly ResolvedVersion?: number | undefined;
}

/** What stands in the place of a value that nobody may see. */
export const MASK = '****';

/**
 * The value of each declared parameter: given, as before, or its default. Of a type of Parameter Store that is a name: as
 * before means the name, never what was found under it.
 * @throws ApiError ValidationError
 */
export function givenValues(
  declared: readonly DeclaredParameter[],
  given: readonly GivenParameter[],
  previous: readonly PreviousParameter[],
): Map<string, string> {
  const asked = new Map<string, GivenParameter>();
  for (const each of given) {
    if (asked.has(each.ParameterKey)) throw templateError(`Duplicate parameter key: ${each.ParameterKey}`);
    asked.set(each.ParameterKey, each);
  }
  const unknown = [...asked.keys()].filter((key) => !declared.some((each) => each.key === key));
  if (unknown.length > 0) throw templateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);

  const before = new Map(previous.map((each) => [each.ParameterKey, each]));
  const values = new Map<string, string>();
  for (const each of declared) {
    const value = valueOf(each, asked.get(each.key), before.get(each.key)?.ParameterValue);
    if (value !== undefined) values.set(each.key, value);
  }
  const missing = declared.filter(({ key }) => !values.has(key)).map(({ key }) => key);
  if (missing.length > 0) throw templateError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

function valueOf(declared: DeclaredParameter, given: GivenParameter | undefined, before: string | undefined) {
  const { key } = declared;
  if (!given?.UsePreviousValue) return given?.ParameterValue ?? declared.default;
  if (given.ParameterValue !== undefined) {
    throw templateError(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and a parameter value.`,
    );
  }
  if (before === undefined) {
    throw templateError(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the ` +
        'previous template',
    );
  }
  if (declared.noEcho && declared.type.store === undefined && before === MASK) {
    throw templateError(
      `Invalid input for parameter key ${key}. Its previous value is masked (NoEcho) and kept nowhere: give it again.`,
    );
  }
  return before;
}
