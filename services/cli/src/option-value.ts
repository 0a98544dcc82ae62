import { readFileSync } from 'node:fs';

import { type Shape, type Shapes, fromBase64, toBase64 } from '@muster/aws-protocol';

import { CliError, exitCode } from './cli-error.js';

/** Whether an option takes several words: a list of plain values. */
export function takesSeveral(shapes: Shapes, shape: Shape): boolean {
  return shape.type === 'list' && !isStructured(shapes[shape.member!.shape]!);
}

/**
 * The value of an option, from the words that were given.
 * @throws CliError naming the option
 */
export function optionValue(shapes: Shapes, shape: Shape, words: readonly string[], option: string): unknown {
  if (takesSeveral(shapes, shape)) {
    const item = shapes[shape.member!.shape]!;
    const [first = ''] = words;
    if (words.length === 1 && /^\s*\[/.test(first)) return fromJson(first, option);
    return words.map((word) => scalar(item, word, option));
  }
  const word = words.join(' ');
  return isStructured(shape) ? fromJson(contentOf(word, option), option) : scalar(shape, word, option);
}

function isStructured(shape: Shape): boolean {
  return shape.type === 'structure' || shape.type === 'map' || shape.type === 'list';
}

function scalar(shape: Shape, word: string, option: string): unknown {
  switch (shape.type) {
    case 'blob':
      return blob(word, option);
    case 'integer':
    case 'long':
      return /^-?\d+$/.test(word) ? Number(word) : invalid(option, word, 'a whole number');
    case 'float':
    case 'double':
      return word !== '' && Number.isFinite(Number(word)) ? Number(word) : invalid(option, word, 'a number');
    case 'timestamp': {
      const date = new Date(/^\d+(\.\d+)?$/.test(word) ? Number(word) * 1000 : word);
      return Number.isNaN(date.getTime()) ? invalid(option, word, 'a time, such as 2026-11-24T15:00:00Z') : date;
    }
    default:
      return contentOf(word, option);
  }
}

function blob(word: string, option: string): Uint8Array {
  if (word.startsWith('fileb://')) return readBytes(word.slice('fileb://'.length), option);
  return fromBase64(word) ?? invalid(option, word, 'base64, or fileb:// and a file');
}

/** What `file://` names, or the word itself. */
export function contentOf(word: string, option: string): string {
  return word.startsWith('file://') ? readBytes(word.slice('file://'.length), option).toString('utf8') : word;
}

/** Parses JSON that a user gave. */
export function fromJson(text: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return invalid(option, text.slice(0, 100), 'JSON');
  }
}

function readBytes(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CliError(`${option}: ${path} cannot be read (${reason})`, exitCode.usage, { cause });
  }
}

function invalid(option: string, value: string, wanted: string): never {
  throw new CliError(`${option}: '${value}' is not ${wanted}`, exitCode.usage);
}

/** Whatever JSON holds as base64 or seconds becomes what the model says; used for `--cli-input-json`. */
export function typed(shapes: Shapes, shapeName: string, value: unknown): unknown {
  const shape = shapes[shapeName];
  if (!shape || value === null || value === undefined) return value;
  if (shape.type === 'blob' && typeof value === 'string') return fromBase64(value) ?? value;
  if (shape.type === 'timestamp' && (typeof value === 'string' || typeof value === 'number')) {
    return new Date(typeof value === 'number' ? value * 1000 : value);
  }
  if (shape.type === 'list' && Array.isArray(value)) return value.map((one) => typed(shapes, shape.member!.shape, one));
  if (shape.type === 'structure' && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, typed(shapes, shape.members?.[name]?.shape ?? '', one)]),
    );
  }
  return value;
}

/** A value as it is printed: times in ISO 8601 as the aws CLI prints them, blobs in base64. */
export function printable(value: unknown): unknown {
  if (value instanceof Date)
    return value
      .toISOString()
      .replace(/(\.\d{3})Z$/, (_whole, ms: string) => (ms === '.000' ? '' : `${ms}000`) + '+00:00');
  if (value instanceof Uint8Array) return toBase64(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, printable(one)]));
  }
  return value;
}
