import { type Shapes, shapeOf } from '../api-model.js';
import { toBase64 } from '../base64.js';
import { compileOnce } from '../compile-once.js';
import { setEntry } from './set-entry.js';

/** Turns a value of the SDK's types into what `JSON.stringify` takes: timestamps are epoch seconds, blobs base64. */
export type JsonWriter = (value: unknown) => unknown;

/** Compiles writers for JSON bodies: members that the model does not name are left out. */
export function compileJsonWriters(shapes: Shapes): (shapeName: string) => JsonWriter {
  return compileOnce<JsonWriter>((name, compile) => {
    const shape = shapeOf(shapes, name);
    switch (shape.type) {
      case 'structure': {
        const members = Object.entries(shape.members ?? {}).map(
          ([member, ref]) => [member, ref.locationName ?? member, compile(ref.shape)] as const,
        );
        return (value) => {
          const given = value as Record<string, unknown>;
          const written: Record<string, unknown> = {};
          for (const [member, wire, writer] of members) {
            const one = given[member];
            if (one !== undefined && one !== null) written[wire] = writer(one);
          }
          return written;
        };
      }
      case 'list': {
        const writer = compile(shape.member!.shape);
        return (value) => (value as readonly unknown[]).map((one) => writer(one));
      }
      case 'map': {
        const writer = compile(shape.value!.shape);
        return (value) => {
          const written: Record<string, unknown> = {};
          for (const [key, one] of Object.entries(value as object)) setEntry(written, key, writer(one));
          return written;
        };
      }
      case 'timestamp':
        return (value) => (value instanceof Date ? value.getTime() / 1000 : value);
      case 'blob':
        return (value) => (value instanceof Uint8Array ? toBase64(value) : value);
      default:
        return (value) => value;
    }
  });
}
