import { templateError } from './template-error.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | Mapping;

/** A mapping of a template. */
export interface Mapping {
  readonly [key: string]: Json;
}

/** A template as it was read: short forms such as `!Ref` are written out. */
export type Template = Mapping;

/** Whether it is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of a mapping that is its own: `constructor` is none. */
export function memberOf(mapping: Mapping, key: string): Json | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** A section, or undefined when it is absent. @throws ApiError ValidationError when it is no mapping */
export function sectionOf(template: Mapping, section: string): Mapping | undefined {
  const value = memberOf(template, section);
  if (value === undefined) return undefined;
  if (!isMapping(value)) throw templateError(`Template format error: ${section} is not an object.`);
  return value;
}
