import { type Shape, type Shapes, compilePattern } from '@muster/aws-protocol';
import fc from 'fast-check';

/** What patterns of the models mostly describe; fast-check finds one for the others. */
const likely = [
  'a',
  'abcdefgh',
  'A1',
  '1',
  '123456789012',
  'alias/a',
  'arn:aws:iam::123456789012:role/a',
  'arn:aws:iam::123456789012:user/a',
  'arn:aws:kms:us-east-1:123456789012:key/0d3ba0cb-4b6a-4a8e-9a5e-1a2b3c4d5e6f',
  '0d3ba0cb-4b6a-4a8e-9a5e-1a2b3c4d5e6f',
  'mi-0123456789abcdef0',
  '/a',
  '/a/',
  'AKIAIOSFODNN7EXAMPLE',
  '123456',
  '$LATEST',
  '{}',
  'a:b',
  'a.b',
  'tag:a',
  '*',
];

/** A smallest value of a shape that breaks none of its rules: structures hold what is required. */
export function validValue(shapes: Shapes, name: string): unknown {
  const shape = shapes[name]!;
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((member) => [member, validValue(shapes, shape.members![member]!.shape)]),
      );
    case 'list':
      return Array.from({ length: shape.min ?? 0 }, () => validValue(shapes, shape.member!.shape));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: shape.min ?? 0 }, () => [validKey(shapes, shape), validValue(shapes, shape.value!.shape)]),
      );
    case 'string':
      return validText(name, shape);
    case 'boolean':
      return false;
    case 'timestamp':
      return 1_700_000_000;
    case 'blob':
      return Buffer.alloc(Math.max(shape.min ?? 1, 1), 'a').toString('base64');
    default:
      return Math.max(shape.min ?? 1, Math.min(1, shape.max ?? 1));
  }
}

/** A key that a map takes. */
export function validKey(shapes: Shapes, map: Shape): string {
  return validText(map.key!.shape, shapes[map.key!.shape]!);
}

const found = new Map<Shape, string>();

function validText(name: string, shape: Shape): string {
  const known = found.get(shape);
  if (known !== undefined) return known;
  const text = findText(shape);
  if (text === undefined) throw new Error(`no valid ${name} was found for ${shape.pattern}`);
  found.set(shape, text);
  return text;
}

function findText(shape: Shape): string | undefined {
  if (shape.enum) return shape.enum[0];
  const { min = 0, max = Infinity } = shape;
  const fits = (text: string): boolean => {
    const matches = shape.pattern === undefined || compilePattern(shape.pattern).test(text);
    return text.length >= min && text.length <= max && matches;
  };
  const long = ['a', '1', 'A', '/a'].map((unit) => unit.repeat(Math.ceil(Math.max(min, 1) / unit.length)));
  const quick = [...likely, ...long].find(fits);
  if (quick !== undefined || shape.pattern === undefined) return quick;
  return fc.sample(fc.stringMatching(compilePattern(shape.pattern)), { numRuns: 200, seed: 1 }).find(fits);
}
