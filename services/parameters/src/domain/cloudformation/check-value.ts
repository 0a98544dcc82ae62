import type { DeclaredParameter } from './declared-parameter.js';
import { templateError } from './template-error.js';
import { formatMissed, listItems } from './value-format.js';

/**
 * Checks a value against all that a template demands of it but the pattern, which may run for long. Of the types of
 * Parameter Store it is the name that is constrained.
 * @throws ApiError ValidationError
 */
export function checkValue(declared: DeclaredParameter, value: string): void {
  const { key, type, allowedValues } = declared;
  const values = type.list && type.store === undefined ? listItems(value) : [value];
  if (allowedValues && !values.every((each) => allowedValues.includes(each))) {
    throw constraintMissed(declared, `Parameter '${key}' must be one of AllowedValues`);
  }
  checkLength(declared, value);
  if (type.store !== undefined) return;
  refuseOtherForm(declared, value, () => '');
  if (type.item === 'Number') values.forEach((each) => checkNumber(declared, Number(each)));
}

/** Checks what was found under a name. @throws ApiError ValidationError naming both */
export function checkStoredValue(declared: DeclaredParameter, name: string, value: string): void {
  refuseOtherForm(declared, value, () => ` (the value of ${name} in Parameter Store)`);
}

function refuseOtherForm({ key, type, noEcho }: DeclaredParameter, value: string, origin: () => string): void {
  const values = type.list ? listItems(value) : [value];
  for (const each of values) {
    const wanted = formatMissed(type.item, each);
    if (wanted === undefined) continue;
    if (type.item === 'Number') throw templateError(`Parameter '${key}' must be a number`);
    const shown = noEcho ? '' : ` ${each}`;
    throw templateError(
      `Parameter validation failed: parameter value${shown} for parameter name ${key} does not exist${origin()}: ` +
        `${type.text} wants ${wanted}.`,
    );
  }
}

function checkLength(declared: DeclaredParameter, value: string): void {
  const { key, minLength, maxLength } = declared;
  if (minLength !== undefined && value.length < minLength) {
    throw constraintMissed(declared, `Parameter '${key}' must contain at least ${minLength} characters`);
  }
  if (maxLength !== undefined && value.length > maxLength) {
    throw constraintMissed(declared, `Parameter '${key}' must contain at most ${maxLength} characters`);
  }
}

function checkNumber(declared: DeclaredParameter, value: number): void {
  const { key, minValue, maxValue } = declared;
  if (minValue !== undefined && value < minValue) {
    throw constraintMissed(declared, `Parameter '${key}' must be a number not less than ${minValue}`);
  }
  if (maxValue !== undefined && value > maxValue) {
    throw constraintMissed(declared, `Parameter '${key}' must be a number not greater than ${maxValue}`);
  }
}

/** A constraint is explained in the template's own words, where it has some. */
export function constraintMissed({ key, constraintDescription }: DeclaredParameter, message: string) {
  if (constraintDescription === undefined) return templateError(message);
  return templateError(`Parameter ${key} failed to satisfy constraint: ${constraintDescription}`);
}
