import { type Template, isMapping, sectionOf } from './template.js';
import { templateError } from './template-error.js';
import { parseYaml } from './parse-yaml.js';

/** Deeper than any template that people write, and far from what a recursion cannot take. */
const DEEPEST = 100;

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Hooks',
]);

/** Reads a template's text, JSON or YAML. @throws ApiError ValidationError as CloudFormation words it */
export function parseTemplate(text: string): Template {
  const tree = /^\s*\{/.test(text) ? parseJson(text) : parseYaml(text, DEEPEST);
  if (!isMapping(tree)) throw templateError('Template format error: unsupported structure.');
  refuseTooDeep(tree);
  const resources = sectionOf(tree, 'Resources');
  if (!resources || Object.keys(resources).length === 0) {
    throw templateError('Template format error: At least one Resources member must be defined.');
  }
  // A macro may bring sections of its own, as `Globals` of AWS::Serverless.
  const unknown = Object.hasOwn(tree, 'Transform') ? [] : Object.keys(tree).filter((key) => !SECTIONS.has(key));
  if (unknown.length > 0) throw templateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  return tree;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw templateError(`Template format error: JSON not well-formed.${whereIn(text, cause as Error)}`, cause);
  }
}

function whereIn(text: string, { message }: Error): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`;
}

/** Level by level: a recursion would be the very thing that it refuses. */
function refuseTooDeep(tree: object): void {
  let level: unknown[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw templateError(`Template format error: the template is nested deeper than ${DEEPEST} levels.`);
    }
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
}
