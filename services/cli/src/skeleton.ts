import { type Shapes } from '@muster/aws-protocol';

/** An input with all its members and no values, to be filled in for `--cli-input-json`. */
export function skeleton(shapes: Shapes, shapeName: string, within: readonly string[] = []): unknown {
  const shape = shapes[shapeName]!;
  if (within.includes(shapeName)) return {};
  const below = [...within, shapeName];
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).map(([name, ref]) => [name, skeleton(shapes, ref.shape, below)]),
      );
    case 'list':
      return [skeleton(shapes, shape.member!.shape, below)];
    case 'map':
      return { KeyName: skeleton(shapes, shape.value!.shape, below) };
    case 'boolean':
      return true;
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return 0;
    case 'timestamp':
      return '1970-01-01T00:00:00Z';
    default:
      return shape.enum?.[0] ?? '';
  }
}
