import { type OperationModel, type Shape, type Shapes, compilePattern } from '@muster/aws-protocol';

import { validKey, validValue } from './valid-value.js';

/** An input that breaks one rule of the model, and what must be said about it. */
export interface Violation {
  readonly input: unknown;
  readonly what: string;
  /** Where AWS says it is: `tags.1.member.key`. */
  readonly at: string;
  /** How the sentence about it goes on after "failed to satisfy constraint: ", at least. */
  readonly rule: string;
}

/** Longer bodies are refused for their size. */
const most = 200_000;
const deepest = 5;

/** For every member of an operation's input, however deep, an input that breaks each of its rules and no other member's. */
export function violationsOf({ name, service }: OperationModel): Violation[] {
  const { shapes, operations } = service.model;
  const input = operations[name]!.input;
  if (!input) return [];
  const emptyListsAreSent = service.protocol === 'json';
  return below({ shapes, emptyListsAreSent }, input.shape, '', (value) => value, []);
}

interface Model {
  readonly shapes: Shapes;
  readonly emptyListsAreSent: boolean;
}

/** @param within makes the whole input around a value of this shape */
function below(
  model: Model,
  name: string,
  path: string,
  within: (value: unknown) => unknown,
  above: readonly string[],
): Violation[] {
  if (above.length > deepest || above.includes(name)) return [];
  const { shapes } = model;
  const shape = shapes[name]!;
  const inside = [...above, name];
  switch (shape.type) {
    case 'structure': {
      const valid = validValue(shapes, name) as Record<string, unknown>;
      return Object.entries(shape.members ?? {}).flatMap(([member, ref]) => {
        const at = path === '' ? lowerCamel(member) : `${path}.${lowerCamel(member)}`;
        const { [member]: _, ...without } = valid;
        const having = (value: unknown) => within({ ...without, [member]: value });
        return [
          ...(shape.required?.includes(member)
            ? [{ input: within(without), what: 'absent', at, rule: 'Member must not be null' }]
            : []),
          ...brokenBy(model, shapes[ref.shape]!).map(({ value, what, rule }) => ({
            input: having(value),
            what,
            at,
            rule,
          })),
          ...below(model, ref.shape, at, having, inside),
        ];
      });
    }
    case 'list': {
      const item = shape.member!.shape;
      const having = (value: unknown) => within(padded(shapes, shape, value));
      const leaf = !['structure', 'list', 'map'].includes(shapes[item]!.type);
      return leaf
        ? brokenBy(model, shapes[item]!).map(({ value, what }) => ({
            input: having(value),
            what: `item ${what}`,
            at: path,
            rule: 'Member must satisfy constraint: [',
          }))
        : below(model, item, `${path}.1.member`, having, inside);
    }
    case 'map': {
      const key = validKey(shapes, shape);
      const valid = validValue(shapes, shape.value!.shape);
      const keys = brokenBy(model, shapes[shape.key!.shape]!);
      const values = brokenBy(model, shapes[shape.value!.shape]!);
      return [
        ...keys.map(({ value, what }) => ({
          input: within({ [value as string]: valid }),
          what: `key ${what}`,
          at: path,
          rule: 'Map keys must satisfy constraint: [',
        })),
        ...values.map(({ value, what }) => ({
          input: within({ [key]: value }),
          what: `value ${what}`,
          at: path,
          rule: 'Map value must satisfy constraint: [',
        })),
        ...below(model, shape.value!.shape, `${path}.${key}.member`, (value) => within({ [key]: value }), inside),
      ];
    }
    default:
      return [];
  }
}

function padded(shapes: Shapes, list: Shape, first: unknown): unknown[] {
  const rest = Array.from({ length: Math.max(0, (list.min ?? 1) - 1) }, () => validValue(shapes, list.member!.shape));
  return [first, ...rest];
}

interface Broken {
  readonly value: unknown;
  readonly what: string;
  readonly rule: string;
}

/** Values that break a rule that the shape itself has. */
function brokenBy(model: Model, shape: Shape): Broken[] {
  switch (shape.type) {
    case 'string':
      return brokenTexts(shape);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return [
        ...(shape.max !== undefined && shape.max < 2 ** 31 - 1
          ? [
              {
                value: shape.max + 1,
                what: 'too large',
                rule: `Member must have value less than or equal to ${shape.max}`,
              },
            ]
          : []),
        ...(shape.min !== undefined && shape.min > -(2 ** 31)
          ? [
              {
                value: shape.min - 1,
                what: 'too small',
                rule: `Member must have value greater than or equal to ${shape.min}`,
              },
            ]
          : []),
      ];
    case 'blob':
      return sizes(shape, (length) => Buffer.alloc(length, 'a').toString('base64'));
    case 'list': {
      const item = validValue(model.shapes, shape.member!.shape);
      // A form knows neither an empty list nor an item without members.
      const isNothing = typeof item === 'object' && item !== null && Object.keys(item).length === 0;
      if (!model.emptyListsAreSent && isNothing) return [];
      const sent = model.emptyListsAreSent ? shape : { ...shape, min: undefined };
      return sizes(sent as Shape, (length) => Array.from({ length }, () => item));
    }
    case 'map':
      return model.emptyListsAreSent && shape.min
        ? sizes({ ...shape, max: undefined } as unknown as Shape, () => ({}))
        : [];
    default:
      return [];
  }
}

function brokenTexts(shape: Shape): Broken[] {
  if (shape.enum) {
    const rule = `Member must satisfy enum value set: [${shape.enum.join(', ')}]`;
    return [{ value: 'NotOfTheSet', what: 'unknown', rule }];
  }
  const wrong = shape.pattern === undefined ? undefined : notMatching(shape);
  return [
    ...sizes(shape, (length) => 'a'.repeat(length)),
    ...(wrong === undefined
      ? []
      : [
          { value: wrong, what: 'malformed', rule: `Member must satisfy regular expression pattern: ${shape.pattern}` },
        ]),
  ];
}

function sizes(shape: Shape, of: (length: number) => unknown): Broken[] {
  const { min = 0, max } = shape;
  return [
    ...(max !== undefined && max < most
      ? [{ value: of(max + 1), what: 'too long', rule: `Member must have length less than or equal to ${max}` }]
      : []),
    ...(min > 0
      ? [{ value: of(min - 1), what: 'too short', rule: `Member must have length greater than or equal to ${min}` }]
      : []),
  ];
}

/** A text of a length that is right and of a form that is not; undefined where every text is right. */
function notMatching({ pattern, min = 0, max = Infinity }: Shape): string | undefined {
  const expression = compilePattern(pattern!);
  const units = ['!', ' ', '\u0001', 'é', '/', '#', '\n', 'a', '1', '\u{1F600}', '\uFFFE'];
  return units
    .flatMap((unit) => [Math.max(min, 1), Math.min(Math.max(min, 30), max)].map((length) => unit.repeat(length)))
    .find((text) => text.length >= min && text.length <= max && !expression.test(text));
}

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
