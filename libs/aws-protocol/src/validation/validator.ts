import { ApiError } from '../api-error.js';
import { type ShapeRef, type Shapes, shapeOf } from '../api-model.js';
import { compileOnce } from '../compile-once.js';
import { type Rule, ownRules } from './own-rules.js';
import { compileShown, lowerCamel } from './shown-value.js';
import { Violations } from './violations.js';

/** Looks into a value: what it holds, not the value's own length or pattern, which whoever holds it reports. */
type Look = (value: unknown, path: string, found: Violations) => void;

/** Checks an input by its shape. @throws ApiError ValidationException in AWS's words, naming every violation */
export type Validator = (input: unknown) => void;

/** Compiles validators for input shapes. */
export function compileValidators(shapes: Shapes): (shapeName: string) => Validator {
  const shown = compileShown(shapes);
  const look = compileOnce<Look>((name, compile) => {
    const shape = shapeOf(shapes, name);
    switch (shape.type) {
      case 'structure':
        return lookIntoStructure(shapes, shape.members ?? {}, new Set(shape.required), compile, shown);
      case 'list': {
        const item = shapeOf(shapes, shape.member!.shape);
        const rules = ownRules(item);
        const inner = isLeaf(item.type) ? undefined : compile(shape.member!.shape);
        const show = shown(name);
        return (value, path, found) => {
          const items = value as readonly unknown[];
          if (rules.length > 0 && !items.every((one) => allHold(rules, one))) {
            found.add(show(value), path, `Member must satisfy constraint: [${textsOf(rules)}]`);
          }
          if (inner) items.forEach((one, i) => inner(one, `${path}.${i + 1}.member`, found));
        };
      }
      case 'map': {
        const value = shapeOf(shapes, shape.value!.shape);
        const keyRules = ownRules(shapeOf(shapes, shape.key!.shape));
        const valueRules = ownRules(value);
        const inner = isLeaf(value.type) ? undefined : compile(shape.value!.shape);
        const show = shown(name);
        return (map, path, found) => {
          const entries = Object.entries(map as object);
          if (!entries.every(([key]) => allHold(keyRules, key))) {
            found.add(show(map), path, `Map keys must satisfy constraint: [${textsOf(keyRules)}]`);
          }
          if (!entries.every(([, one]) => allHold(valueRules, one))) {
            found.add(show(map), path, `Map value must satisfy constraint: [${textsOf(valueRules)}]`);
          }
          if (inner) for (const [key, one] of entries) inner(one, `${path}.${key.slice(0, 256)}.member`, found);
        };
      }
      default:
        return nothingInside;
    }
  });

  return (name) => {
    const inside = look(name);
    return (input) => {
      const found = new Violations();
      inside(input, '', found);
      if (found.count > 0) throw new ApiError('ValidationException', found.message());
    };
  };
}

function lookIntoStructure(
  shapes: Shapes,
  members: Readonly<Record<string, ShapeRef>>,
  required: ReadonlySet<string>,
  compile: (shapeName: string) => Look,
  shown: (shapeName: string) => (value: unknown) => string,
): Look {
  const checks = Object.entries(members).map(([member, ref]) => {
    const shape = shapeOf(shapes, ref.shape);
    return {
      member,
      name: lowerCamel(member),
      required: required.has(member),
      rules: ownRules(shape),
      inner: isLeaf(shape.type) ? undefined : compile(ref.shape),
      show: shown(ref.shape),
    };
  });
  return (value, path, found) => {
    for (const { member, name, required, rules, inner, show } of checks) {
      const one = (value as Record<string, unknown>)[member];
      if (one === undefined || one === null) {
        if (required) found.add('Value null', join(path, name), 'Member must not be null');
        continue;
      }
      for (const rule of rules) if (!rule.holds(one)) found.add(show(one), join(path, name), rule.text);
      inner?.(one, join(path, name), found);
    }
  };
}

const nothingInside: Look = () => undefined;

function isLeaf(type: string): boolean {
  return type !== 'structure' && type !== 'list' && type !== 'map';
}

function allHold(rules: readonly Rule[], value: unknown): boolean {
  return rules.every((rule) => rule.holds(value));
}

function textsOf(rules: readonly Rule[]): string {
  return rules.map((rule) => rule.text).join(', ');
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
