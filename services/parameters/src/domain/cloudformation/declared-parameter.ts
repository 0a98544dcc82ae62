import { type ParameterType, parameterType } from './parameter-type.js';
import { type Json, type Mapping, type Template, isMapping, memberOf, sectionOf } from './template.js';
import { templateError } from './template-error.js';

const MOST = 200;

/** A parameter as a template declares it. */
export interface DeclaredParameter {
  readonly key: string;
  readonly type: ParameterType;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly constraintDescription?: string;
}

/** The section Parameters. @throws ApiError ValidationError */
export function declaredParameters(template: Template): DeclaredParameter[] {
  const section = Object.entries(sectionOf(template, 'Parameters') ?? {});
  if (section.length > MOST) {
    throw templateError(
      `Template format error: Number of parameters, ${section.length}, is greater than maximum allowed, ${MOST}`,
    );
  }
  return section.map(([key, body]) => declared(key, body));
}

function declared(key: string, body: Json): DeclaredParameter {
  if (!/^[a-zA-Z0-9]{1,255}$/.test(key)) {
    throw templateError(`Template format error: Parameter name ${key} is non alphanumeric.`);
  }
  if (!isMapping(body)) throw templateError(`Template format error: Parameters/${key} is not an object.`);
  const type = textOf(key, body, 'Type');
  if (type === undefined) {
    throw templateError('Template format error: Every Parameters object must contain a Type member.');
  }
  return {
    key,
    type: parameterType(type),
    noEcho: textOf(key, body, 'NoEcho') === 'true',
    ...present({
      default: textOf(key, body, 'Default'),
      allowedValues: textsOf(key, body, 'AllowedValues'),
      allowedPattern: textOf(key, body, 'AllowedPattern'),
      minLength: numberOf(key, body, 'MinLength'),
      maxLength: numberOf(key, body, 'MaxLength'),
      minValue: numberOf(key, body, 'MinValue'),
      maxValue: numberOf(key, body, 'MaxValue'),
      constraintDescription: textOf(key, body, 'ConstraintDescription'),
    }),
  };
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

// CloudFormation takes numbers and booleans for texts, and the other way round.
function textOf(key: string, body: Mapping, member: string): string | undefined {
  const value = memberOf(body, member);
  if (value === undefined) return undefined;
  if (value === null || typeof value === 'object') {
    throw templateError(
      `Template format error: Every ${member} member must be a string. (Parameters/${key}/${member})`,
    );
  }
  return String(value);
}

function textsOf(key: string, body: Mapping, member: string): string[] | undefined {
  const value = memberOf(body, member);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => each !== null && typeof each !== 'object'))
    return value.map(String);
  throw templateError(
    `Template format error: Every ${member} member must be a list of strings. (Parameters/${key}/${member})`,
  );
}

function numberOf(key: string, body: Mapping, member: string): number | undefined {
  const text = textOf(key, body, member);
  if (text === undefined) return undefined;
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  throw templateError(`Template format error: Every ${member} member must be a number. (Parameters/${key}/${member})`);
}
