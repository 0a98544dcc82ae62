import { type Shapes, shapeOf } from '../api-model.js';
import { compileOnce } from '../compile-once.js';

/** Longer ones are cut: an answer must not repeat half a megabyte for each violation. */
const maxShown = 4096;

/** Shows values as AWS does in its messages, the way Java prints them. */
export function compileShown(shapes: Shapes): (shapeName: string) => (value: unknown) => string {
  const sensitive = sensitiveShapes(shapes);
  const render = compileOnce<(value: unknown) => string>((name, compile) => {
    const shape = shapeOf(shapes, name);
    switch (shape.type) {
      case 'structure': {
        const members = Object.entries(shape.members ?? {}).map(
          ([member, ref]) => [member, compile(ref.shape)] as const,
        );
        return (value) => {
          const parts = members
            .filter(([member]) => (value as Record<string, unknown>)[member] !== undefined)
            .map(([member, show]) => `${lowerCamel(member)}=${show((value as Record<string, unknown>)[member])}`);
          return `${name}(${parts.join(', ')})`;
        };
      }
      case 'list': {
        const show = compile(shape.member!.shape);
        return (value) => `[${(value as readonly unknown[]).map(show).join(', ')}]`;
      }
      case 'map': {
        const show = compile(shape.value!.shape);
        return (value) =>
          `{${Object.entries(value as object)
            .map(([key, one]) => `${key}=${show(one)}`)
            .join(', ')}}`;
      }
      case 'timestamp':
        return (value) => (value as Date).toISOString();
      case 'blob':
        return (value) =>
          `java.nio.HeapByteBuffer[pos=0 lim=${(value as Uint8Array).length} cap=${(value as Uint8Array).length}]`;
      default:
        return (value) => String(value);
    }
  });

  return (name) => {
    const show = render(name);
    const secret = sensitive(name);
    return (value) => {
      // AWS leaves the value of what is sensitive out altogether. Nothing is given away by an empty one.
      if (secret && value !== '') return 'Value';
      const text = show(value);
      return `Value '${text.length > maxShown ? `${text.slice(0, maxShown)}…` : text}'`;
    };
  };
}

/** `DocumentName` → `documentName`, as AWS names members in messages. */
export function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Whether a shape is sensitive or holds something that is. */
function sensitiveShapes(shapes: Shapes): (name: string) => boolean {
  const visit = (name: string, seen: Set<string>): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    const shape = shapeOf(shapes, name);
    if (shape.sensitive) return true;
    const held = [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})];
    return held.some((ref) => ref !== undefined && visit(ref.shape, seen));
  };
  return (name) => visit(name, new Set());
}
