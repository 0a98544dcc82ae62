import { ApiError } from '../api-error.js';
import { type Shapes, shapeOf } from '../api-model.js';
import { fromBase64 } from '../base64.js';
import { compileOnce } from '../compile-once.js';
import { setEntry } from './set-entry.js';

/** Turns a parsed JSON value into what the SDK's types say: timestamps are `Date`, blobs are `Uint8Array`. */
export type JsonReader = (value: unknown, depth: number) => unknown;

/** Deeper bodies are refused before they can exhaust the stack; no AWS shape nests half as far. */
const maxDepth = 64;

/**
 * Compiles readers for JSON bodies. Unknown members and nulls are ignored, as AWS does.
 * @returns shape name → reader; readers throw SerializationException with AWS's texts
 */
export function compileJsonReaders(shapes: Shapes): (shapeName: string) => JsonReader {
  return compileOnce<JsonReader>((name, compile) => {
    const shape = shapeOf(shapes, name);
    switch (shape.type) {
      case 'structure': {
        const members = Object.entries(shape.members ?? {}).map(
          ([member, ref]) => [member, ref.locationName ?? member, compile(ref.shape)] as const,
        );
        return (value, depth) => {
          const given = anObject(value, 'Expected null', depth);
          const read: Record<string, unknown> = {};
          for (const [member, wire, reader] of members) {
            const one = given[wire];
            if (one !== undefined && one !== null) read[member] = reader(one, depth + 1);
          }
          return read;
        };
      }
      case 'list': {
        const reader = compile(shape.member!.shape);
        return (value, depth) => {
          if (!Array.isArray(value)) {
            throw refused(isObject(value) ? startOfObject : 'Expected list or null');
          }
          tooDeep(depth);
          // AWS drops nulls in lists.
          return value.filter((one) => one !== null).map((one) => reader(one, depth + 1));
        };
      }
      case 'map': {
        const reader = compile(shape.value!.shape);
        return (value, depth) => {
          const read: Record<string, unknown> = {};
          for (const [key, one] of Object.entries(anObject(value, 'Expected map or null', depth))) {
            if (one !== null) setEntry(read, key, reader(one, depth + 1));
          }
          return read;
        };
      }
      case 'string':
        return (value) => (typeof value === 'string' ? value : cannotBe('a String', value));
      case 'boolean':
        return (value) => (typeof value === 'boolean' ? value : cannotBe('a Boolean', value));
      case 'integer':
        return (value) =>
          typeof value === 'number' ? within(value, 2 ** 31, 'an Integer') : cannotBe('an Integer', value);
      case 'long':
        return (value) => (typeof value === 'number' ? within(value, 2 ** 53, 'a Long') : cannotBe('a Long', value));
      case 'float':
      case 'double':
        return (value) => (typeof value === 'number' ? value : cannotBe('a Double', value));
      case 'timestamp':
        return (value) => (typeof value === 'number' ? aDate(value) : cannotBe('milliseconds since epoch', value));
      case 'blob':
        return (value) =>
          typeof value === 'string' ? (fromBase64(value) ?? cannotBe('a Blob', value)) : cannotBe('a Blob', value);
    }
  });
}

const startOfObject = 'Start of structure or map found where not expected.';
const startOfList = 'Start of list found where not expected';

function refused(message: string): ApiError {
  return new ApiError('SerializationException', message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function anObject(value: unknown, otherwise: string, depth: number): Record<string, unknown> {
  if (!isObject(value)) throw refused(Array.isArray(value) ? startOfList : otherwise);
  tooDeep(depth);
  return value;
}

function tooDeep(depth: number): void {
  if (depth > maxDepth) throw refused(`The body is nested more than ${maxDepth} levels deep`);
}

function cannotBe(wanted: string, value: unknown): never {
  if (Array.isArray(value)) throw refused(startOfList);
  if (isObject(value)) throw refused(startOfObject);
  const found = typeof value === 'boolean' ? String(value).toUpperCase() : (typeof value).toUpperCase();
  throw refused(`${found}_VALUE can not be converted to ${wanted}`);
}

function within(value: number, limit: number, wanted: string): number {
  const whole = Math.trunc(value); // AWS truncates decimals
  if (whole >= limit || whole < -limit) throw refused(`NUMBER_VALUE can not be converted to ${wanted}`);
  return whole;
}

function aDate(seconds: number): Date {
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) cannotBe('milliseconds since epoch', seconds);
  return date;
}
