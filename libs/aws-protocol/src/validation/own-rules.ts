import type { Shape } from '../api-model.js';
import { compilePattern } from './pattern.js';

/** A rule about a value itself, not about what it holds. */
export interface Rule {
  /** As AWS words it. */
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
}

/** The rules of a shape in the order in which AWS names them. */
export function ownRules(shape: Shape): Rule[] {
  switch (shape.type) {
    case 'string':
      return shape.enum
        ? [...lengthRules(shape, textLength), enumRule(shape.enum)]
        : [...lengthRules(shape, textLength), ...patternRule(shape)];
    case 'list':
      return lengthRules(shape, (value) => (value as readonly unknown[]).length);
    case 'map':
      return lengthRules(shape, (value) => Object.keys(value as object).length);
    case 'blob':
      return lengthRules(shape, (value) => (value as Uint8Array).byteLength);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return rangeRules(shape);
    default:
      return [];
  }
}

function lengthRules(shape: Shape, length: (value: unknown) => number): Rule[] {
  const { max, min } = shape;
  const rules: Rule[] = [];
  if (max !== undefined) {
    rules.push({
      text: `Member must have length less than or equal to ${max}`,
      holds: (value) => length(value) <= max,
    });
  }
  if (min !== undefined && min > 0) {
    const text = shape.minText ?? `Member must have length greater than or equal to ${min}`;
    rules.push({ text, holds: (value) => length(value) >= min });
  }
  return rules;
}

function rangeRules(shape: Shape): Rule[] {
  const { max, min } = shape;
  const rules: Rule[] = [];
  if (max !== undefined) {
    rules.push({
      text: `Member must have value less than or equal to ${max}`,
      holds: (value) => (value as number) <= max,
    });
  }
  if (min !== undefined) {
    rules.push({
      text: `Member must have value greater than or equal to ${min}`,
      holds: (value) => (value as number) >= min,
    });
  }
  return rules;
}

function patternRule(shape: Shape): Rule[] {
  if (shape.pattern === undefined) return [];
  const expression = compilePattern(shape.pattern);
  const max = shape.max ?? Infinity;
  return [
    {
      text: `Member must satisfy regular expression pattern: ${shape.pattern}`,
      // What is too long has been refused for that; the expression never sees it.
      holds: (value) => textLength(value) > max || expression.test(value as string),
    },
  ];
}

function enumRule(values: readonly string[]): Rule {
  const known = new Set(values);
  return {
    text: `Member must satisfy enum value set: [${values.join(', ')}]`,
    holds: (value) => known.has(value as string),
  };
}

/** In characters: one outside the basic plane counts once. */
function textLength(value: unknown): number {
  const text = value as string;
  let length = text.length;
  for (let i = 1; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) length--;
  }
  return length;
}
