import { ApiError } from '../api-error.js';
import { type ShapeRef, type Shapes, shapeOf } from '../api-model.js';
import { fromBase64 } from '../base64.js';
import { compileOnce } from '../compile-once.js';
import type { FormNode } from './form.js';
import { setEntry } from './set-entry.js';

/** Reads the value that lies at and below a node of a query-protocol form. */
export type FormReader = (node: FormNode) => unknown;

/** Compiles readers for forms of the query protocol (`Tags.member.1.Key=…`). */
export function compileFormReaders(shapes: Shapes): (shapeName: string) => FormReader {
  return compileOnce<FormReader>((name, compile) => {
    const shape = shapeOf(shapes, name);
    switch (shape.type) {
      case 'structure': {
        const members = Object.entries(shape.members ?? {}).map(
          ([member, ref]) => [member, wireName(shapes, member, ref), compile(ref.shape)] as const,
        );
        return (node) => {
          const read: Record<string, unknown> = {};
          for (const [member, wire, reader] of members) {
            const child = node.children.get(wire);
            if (child) read[member] = reader(child);
          }
          return read;
        };
      }
      case 'list': {
        const reader = compile(shape.member!.shape);
        const wrapper = shape.flattened ? undefined : (shape.member!.locationName ?? 'member');
        return (node) => numbered(wrapper === undefined ? node : node.children.get(wrapper)).map((one) => reader(one));
      }
      case 'map': {
        const reader = compile(shape.value!.shape);
        const keyName = shape.key!.locationName ?? 'key';
        const valueName = shape.value!.locationName ?? 'value';
        return (node) => {
          const read: Record<string, unknown> = {};
          for (const entry of numbered(shape.flattened ? node : node.children.get('entry'))) {
            const value = entry.children.get(valueName);
            if (value) setEntry(read, entry.children.get(keyName)?.value ?? '', reader(value));
          }
          return read;
        };
      }
      case 'boolean':
        return (node) => (node.value === 'true' ? true : node.value === 'false' ? false : malformed(node, 'a Boolean'));
      case 'integer':
      case 'long':
        return (node) => (/^-?\d{1,15}$/.test(node.value ?? '') ? Number(node.value) : malformed(node, 'an Integer'));
      case 'float':
      case 'double':
        return (node) =>
          /^-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?$/.test(node.value ?? '')
            ? Number(node.value)
            : malformed(node, 'a Double');
      case 'timestamp':
        return (node) => {
          const date = new Date(node.value ?? '');
          return Number.isNaN(date.getTime()) ? malformed(node, 'a Timestamp') : date;
        };
      case 'blob':
        return (node) => fromBase64(node.value ?? '') ?? malformed(node, 'a Blob');
      case 'string':
        return (node) => node.value ?? malformed(node, 'a String');
    }
  });
}

/** The name of a member on the wire; a flattened list goes by its member's name. */
function wireName(shapes: Shapes, member: string, ref: ShapeRef): string {
  const target = shapeOf(shapes, ref.shape);
  if (target.type === 'list' && target.flattened) return target.member?.locationName ?? ref.locationName ?? member;
  return ref.locationName ?? member;
}

function numbered(node: FormNode | undefined): FormNode[] {
  if (!node) return [];
  return [...node.children]
    .filter(([key]) => /^[1-9]\d{0,6}$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function malformed(node: FormNode, wanted: string): never {
  const found = node.value === undefined ? 'Start of structure or map' : 'STRING_VALUE';
  throw new ApiError('SerializationException', `${found} can not be converted to ${wanted}`);
}
