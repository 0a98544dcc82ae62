import type { ResolvedTemplateParameter } from '@muster/aws-protocol';

import { checkStoredValue } from './check-value.js';
import type { DeclaredParameter } from './declared-parameter.js';
import { MASK, type PreviousParameter } from './given-values.js';
import { templateError } from './template-error.js';

/** What lies under a name in Parameter Store. */
export interface Stored {
  readonly type: string;
  readonly version: number;
  readonly value: string;
}

/** A parameter without one in Parameter Store behind it. */
export function plainParameter(declared: DeclaredParameter, value: string): ResolvedTemplateParameter {
  return { ...head(declared), ParameterValue: declared.noEcho ? MASK : value };
}

/** A parameter that holds the name of one in Parameter Store. */
export function namingParameter(declared: DeclaredParameter, name: string): ResolvedTemplateParameter {
  return { ...head(declared), ParameterValue: name };
}

/** A parameter whose value lies in Parameter Store. @throws ApiError ValidationError when it is not of the type */
export function storedParameter(declared: DeclaredParameter, name: string, stored: Stored): ResolvedTemplateParameter {
  checkStoredValue(declared, name, stored.value);
  return {
    ...head(declared),
    ParameterValue: name,
    ResolvedValue: declared.noEcho ? MASK : stored.value,
    ResolvedVersion: stored.version,
  };
}

/** Whether CloudFormation can use a parameter of that kind where the template says what it says. */
export function refuseOtherKind({ key, type }: DeclaredParameter, name: string, kind: string): void {
  if (kind === 'SecureString') {
    throw templateError(`Parameters [${name}] referenced by template have types not supported by CloudFormation.`);
  }
  const wanted = type.list ? 'StringList' : 'String';
  if (kind === wanted) return;
  throw templateError(
    `Parameter validation failed: parameter ${name} for parameter name ${key} is a ${kind} in Parameter Store; ` +
      `${type.text} wants a ${wanted}.`,
  );
}

/** Says what has become of a parameter since the last time: a new value under the same name is a change. */
export function withChange(
  now: ResolvedTemplateParameter,
  before: PreviousParameter | undefined,
): ResolvedTemplateParameter {
  if (!before) return { ...now, Changed: true };
  if (!isChanged(now, before)) return { ...now, Changed: false };
  return {
    ...now,
    Changed: true,
    // The name of a parameter is no secret, and what was found under it may be one.
    ...previously('PreviousParameterValue', before.ParameterValue, now.ParameterValue === MASK),
    ...previously('PreviousResolvedValue', before.ResolvedValue, now.NoEcho === true),
    ...(before.ResolvedVersion === undefined ? {} : { PreviousResolvedVersion: before.ResolvedVersion }),
  };
}

function previously(member: string, value: string | undefined, masked: boolean): object {
  return value === undefined ? {} : { [member]: masked ? MASK : value };
}

function isChanged(now: ResolvedTemplateParameter, before: PreviousParameter): boolean {
  // A masked value cannot be compared: it counts as another one.
  if (now.ResolvedValue === undefined)
    return now.ParameterValue === MASK || now.ParameterValue !== before.ParameterValue;
  const comparable = before.ResolvedValue !== undefined && before.ResolvedValue !== MASK && now.ResolvedValue !== MASK;
  if (comparable) return now.ResolvedValue !== before.ResolvedValue;
  return now.ParameterValue !== before.ParameterValue || now.ResolvedVersion !== before.ResolvedVersion;
}

function head({ key, type, noEcho }: DeclaredParameter): ResolvedTemplateParameter {
  return { ParameterKey: key, ParameterType: type.text, ...(noEcho ? { NoEcho: true } : {}) };
}
