import { InvalidDocument } from './command-document.js';
import { booleanOf, countOf, isRecord, textOf, textsOf } from './reading.js';

/** A declared parameter of a document. Command documents know these two types only. */
export interface ParameterDefinition {
  readonly name: string;
  readonly type: 'String' | 'StringList';
  readonly description?: string;
  /** Absent: whoever sends the command must give a value. */
  readonly default?: string | readonly string[];
  readonly allowedValues?: readonly string[];
  /** A regular expression that each value must match as a whole. */
  readonly allowedPattern?: string;
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Values of it must not be logged. */
  readonly noEcho: boolean;
}

/** Reads the `parameters` section. @throws InvalidDocument */
export function parseParameterDefinitions(section: unknown): ReadonlyMap<string, ParameterDefinition> {
  if (section === undefined) return new Map();
  if (!isRecord(section)) throw new InvalidDocument('parameters must be an object.');
  return new Map(Object.entries(section).map(([name, body]) => [name, parseDefinition(name, body)]));
}

function parseDefinition(name: string, body: unknown): ParameterDefinition {
  const where = `parameters.${name}`;
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
    throw new InvalidDocument(`${where}: a name starts with a letter or digit, then letters, digits, '_', '.', '-'.`);
  }
  if (!isRecord(body)) throw new InvalidDocument(`${where} must be an object.`);
  const type = body['type'];
  if (type !== 'String' && type !== 'StringList') {
    throw new InvalidDocument(`${where}.type must be String or StringList in a Command document.`);
  }
  return {
    name,
    type,
    description: textOf(body, 'description', where),
    default: defaultOf(body, type, where),
    allowedValues: textsOf(body, 'allowedValues', where),
    allowedPattern: patternOf(body, where),
    minChars: countOf(body, 'minChars', where),
    maxChars: countOf(body, 'maxChars', where),
    minItems: countOf(body, 'minItems', where),
    maxItems: countOf(body, 'maxItems', where),
    noEcho: booleanOf(body, 'noEcho', where) ?? false,
  };
}

function defaultOf(body: Record<string, unknown>, type: ParameterDefinition['type'], where: string) {
  if (type === 'StringList') return textsOf(body, 'default', where);
  const value = body['default'];
  // Real documents write numbers and booleans here, such as "default": 3600; they mean the text.
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(body, 'default', where);
}

function patternOf(body: Record<string, unknown>, where: string): string | undefined {
  const pattern = textOf(body, 'allowedPattern', where);
  if (pattern === undefined) return undefined;
  try {
    new RegExp(pattern);
  } catch (cause) {
    throw new InvalidDocument(`${where}.allowedPattern is not a regular expression.`, { cause });
  }
  return pattern;
}
