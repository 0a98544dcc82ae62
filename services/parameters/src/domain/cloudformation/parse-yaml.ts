import { ApiError } from '@muster/aws-protocol';
import {
  FAILSAFE_SCHEMA,
  NOT_RESOLVED,
  YAMLException,
  boolCoreTag,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  load,
  nullCoreTag,
} from 'js-yaml';

import { templateError } from './template-error.js';

/** YAML is read some hundred times slower than JSON, and nobody else is answered meanwhile. */
const LONGEST = 204_800;

const FUNCTIONS = new Set([
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
]);

/** `!Ref`, `!Sub` and their like, before whatever kind of value. */
const forms = { matchByTagPrefix: true, identify: () => false } as const;

interface Form<T> {
  readonly name: string;
  readonly of: T;
}

const schema = FAILSAFE_SCHEMA.withTags(
  nullCoreTag,
  boolCoreTag,
  // Only what reads back as it was written: an account such as 012345678901 and a version such as 3.10 are texts.
  defineScalarTag('tag:yaml.org,2002:int', {
    implicit: true,
    resolve: (source) => (/^(?:0|-?[1-9]\d{0,14})$/.test(source) ? Number(source) : NOT_RESOLVED),
    identify: () => false,
  }),
  defineScalarTag('!', { ...forms, resolve: (source, _isExplicit, tag) => written(tag, source) }),
  defineSequenceTag<Form<unknown[]>, unknown>('!', {
    ...forms,
    create: (name) => ({ name, of: [] }),
    addItem: ({ of }, item) => void of.push(item),
    finalize: ({ name, of }) => written(name, of),
  }),
  defineMappingTag<Form<Map<string, unknown>>, unknown>('!', {
    ...forms,
    create: (name) => ({ name, of: new Map() }),
    addPair: ({ of }, key, value) => {
      of.set(String(key), value);
      return '';
    },
    has: ({ of }, key) => of.has(String(key)),
    keys: () => [],
    get: () => undefined,
    finalize: ({ name, of }) => written(name, Object.fromEntries(of)),
  }),
);

/**
 * Reads a template that is written in YAML, as CloudFormation does: no aliases, no merging, and its short forms.
 * @throws ApiError ValidationError
 */
export function parseYaml(text: string, deepest: number): unknown {
  if (text.length > LONGEST) {
    throw templateError(
      `Template format error: a template in YAML can have ${LONGEST} characters at most here. Send it as JSON.`,
    );
  }
  try {
    return load(text, { schema, maxDepth: deepest, maxAliases: 0 });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw notWellFormed(error);
  }
}

function notWellFormed(error: unknown): ApiError {
  if (!(error instanceof YAMLException)) return templateError('Template format error: YAML not well-formed.', error);
  if (/alias/i.test(error.reason)) {
    return templateError('Template error: YAML aliases are not allowed in CloudFormation templates', error);
  }
  const where = error.mark ? ` (line ${error.mark.line + 1}, column ${error.mark.column + 1})` : '';
  return templateError(`Template format error: YAML not well-formed.${where}`, error);
}

/** The long form of a short one. */
function written(tag: string, value: unknown): Record<string, unknown> {
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (!FUNCTIONS.has(name)) throw templateError(`Template format error: unsupported tag ${tag}.`);
  // A resource's attribute may have dots in it, a resource's name has none.
  const dot = name === 'GetAtt' && typeof value === 'string' ? value.indexOf('.') : -1;
  const of = dot < 0 ? value : [String(value).slice(0, dot), String(value).slice(dot + 1)];
  return { [`Fn::${name}`]: of };
}
