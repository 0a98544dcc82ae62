import { InvalidDocument } from './command-document.js';

type Body = Readonly<Record<string, unknown>>;

/** Whether it is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as text, or undefined when it is absent. @throws InvalidDocument */
export function textOf(body: Body, key: string, where: string): string | undefined {
  return member(body, key, where, (value) => typeof value === 'string', 'a string') as string | undefined;
}

/** The member as a list of texts. @throws InvalidDocument */
export function textsOf(body: Body, key: string, where: string): readonly string[] | undefined {
  const isTexts = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');
  return member(body, key, where, isTexts, 'a list of strings') as readonly string[] | undefined;
}

/** The member as a number of things. @throws InvalidDocument */
export function countOf(body: Body, key: string, where: string): number | undefined {
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return member(body, key, where, isCount, 'a whole number, 0 or more') as number | undefined;
}

/** The member as yes or no. Documents write it as `true` and as `"true"`. @throws InvalidDocument */
export function booleanOf(body: Body, key: string, where: string): boolean | undefined {
  const isBoolean = (value: unknown) => typeof value === 'boolean' || value === 'true' || value === 'false';
  const value = member(body, key, where, isBoolean, 'true or false');
  return value === undefined ? undefined : value === true || value === 'true';
}

function member(body: Body, key: string, where: string, fits: (value: unknown) => boolean, kind: string): unknown {
  const value = Object.hasOwn(body, key) ? body[key] : undefined;
  if (value === undefined || fits(value)) return value;
  throw new InvalidDocument(`${where}.${key} must be ${kind}.`);
}
