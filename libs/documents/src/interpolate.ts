import type { Json } from './command-document.js';

/** What a command was sent with, defaults filled in: name to value. */
export type ParameterValues = { readonly [name: string]: string | readonly string[] };

const placeholder = /\{\{\s*([A-Za-z0-9][A-Za-z0-9_.-]*)\s*\}\}/g;
const onePlaceholder = /^\s*\{\{\s*([A-Za-z0-9][A-Za-z0-9_.-]*)\s*\}\}\s*$/;

/**
 * Puts values in the place of `{{ name }}`, through lists and objects. What is nothing but one placeholder becomes the value itself, so a
 * StringList stays a list; as an item of a list its items take the item's place. Inside longer text a list is written as JSON.
 *
 * It is done once: what a value contains is never looked at again, whatever it looks like. Names that are no parameter stay as they are,
 * since scripts have braces of their own.
 */
export function interpolate(input: Json, values: ParameterValues): Json {
  if (typeof input === 'string') return whole(input, values) ?? interpolateText(input, values);
  if (isList(input)) return input.flatMap((item) => asItems(item, values));
  if (typeof input === 'object' && input !== null) {
    return Object.fromEntries(Object.entries(input).map(([key, item]) => [key, interpolate(item, values)]));
  }
  return input;
}

/** The same inside one text; always gives text. */
export function interpolateText(text: string, values: ParameterValues): string {
  return text.replace(placeholder, (found, name: string) => {
    const value = valueOf(name, values);
    if (value === undefined) return found;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function asItems(item: Json, values: ParameterValues): readonly Json[] {
  const list = typeof item === 'string' ? whole(item, values) : undefined;
  return list !== undefined && typeof list !== 'string' ? list : [interpolate(item, values)];
}

function whole(text: string, values: ParameterValues): string | readonly string[] | undefined {
  const name = onePlaceholder.exec(text)?.[1];
  return name === undefined ? undefined : valueOf(name, values);
}

function valueOf(name: string, values: ParameterValues): string | readonly string[] | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function isList(input: Json): input is readonly Json[] {
  return Array.isArray(input);
}
