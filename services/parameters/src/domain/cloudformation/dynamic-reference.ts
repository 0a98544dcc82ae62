import { mayBeSecure } from './secure-places.js';
import { type Json, type Template, isMapping, memberOf } from './template.js';
import { templateError } from './template-error.js';

const MOST = 60;
const REFERENCE = /\{\{resolve:([a-zA-Z-]+):((?:\$\{[^{}]*\}|[^{}])*)\}\}/g;
const KEY = /^([a-zA-Z0-9_.\-/]+)(?::(\d{1,15}))?$/;

/** One `{{resolve:…}}` of a template that names something in Parameter Store. */
export interface DynamicReference {
  /** As it stands in the template. */
  readonly text: string;
  readonly service: 'ssm' | 'ssm-secure';
  /** Where: `Resources/Db/Properties/Port`. */
  readonly path: string;
  /** Absent when it depends on what is known only once there are resources. */
  readonly names?: { readonly name: string; readonly version?: number };
  /** Why it names nothing. */
  readonly reason?: string;
}

/** Values that a `${Name}` of `Fn::Sub` may stand for; undefined for what is not known here. */
export type Variables = (name: string) => string | undefined;

/** All references of a template. @throws ApiError ValidationError for those that CloudFormation would not take */
export function dynamicReferences(template: Template, variables: Variables): DynamicReference[] {
  const found: DynamicReference[] = [];
  let count = 0;
  eachText(template, (text, path, local) => {
    for (const [whole, service, key] of text.matchAll(REFERENCE)) {
      if (++count > MOST) {
        throw templateError(`Template validation error: a template can have ${MOST} dynamic references at most.`);
      }
      // Those of Secrets Manager are somebody else's.
      if (service !== 'ssm' && service !== 'ssm-secure') continue;
      if (service === 'ssm-secure') refuseElsewhere(template, path);
      const reference = { text: whole, service, path: path.join('/') } as const;
      found.push({ ...reference, ...named(whole, key!, path, local && ((name) => local(name, variables))) });
    }
  });
  return found;
}

/** The template with each reference replaced by what `value` gives for it; undefined leaves it as it is. */
export function withValues(template: Template, value: (text: string, path: string) => string | undefined): Json {
  return mapTexts(template, [], (text, path) =>
    text.replace(REFERENCE, (whole) => {
      const replacement = value(whole, path.join('/')) ?? whole;
      // What is found is no template: `${` in it means nothing.
      return isSubstituted(path) && replacement !== whole ? replacement.replaceAll('${', '${!') : replacement;
    }),
  );
}

/** Whether a text is the one that `Fn::Sub` works on. */
function isSubstituted(path: Path): boolean {
  return path.at(-1) === 'Fn::Sub' || (path.at(-2) === 'Fn::Sub' && path.at(-1) === 0);
}

type Path = readonly (string | number)[];
type Local = (name: string, variables: Variables) => string | undefined;

function named(text: string, key: string, path: Path, variables: Variables | undefined): Partial<DynamicReference> {
  const wrong = () => templateError(`Incorrect format is used in the following SSM reference: [${text}]`);
  let unknown: string | undefined;
  const known = key.replace(/\$\{([^{}]*)\}/g, (whole, name: string) => {
    if (!variables) throw wrong();
    const value = variables(name);
    if (value === undefined) unknown ??= whole;
    return value ?? '';
  });
  if (unknown !== undefined) return { reason: `${unknown} is not known before there are resources` };
  const [, name, version] = KEY.exec(known) ?? [];
  if (name === undefined) throw wrong();
  if (path[0] === 'Parameters' && version === undefined) {
    throw templateError(
      `Incorrect format is used in the following SSM reference: [${text}]: in ${path.join('/')} it must say a version.`,
    );
  }
  return { names: { name, ...(version === undefined ? {} : { version: Number(version) }) } };
}

function refuseElsewhere(template: Template, path: Path): void {
  const [section, resource, part, ...property] = path;
  if (section === 'Resources' && part === 'Properties') {
    const type = typeOf(template, String(resource));
    if (mayBeSecure(type, property)) return;
    throw templateError(`SSM Secure reference is not supported in: [${[type, part, ...property].join('/')}]`);
  }
  throw templateError(`SSM Secure reference is not supported in: [${path.join('/')}]`);
}

function typeOf(template: Template, resource: string): string {
  const resources = memberOf(template, 'Resources');
  const body = isMapping(resources) ? memberOf(resources, resource) : undefined;
  const type = isMapping(body) ? memberOf(body, 'Type') : undefined;
  return typeof type === 'string' ? type : '';
}

function eachText(
  value: Json,
  visit: (text: string, path: Path, local: Local | undefined) => void,
  path: Path = [],
  local?: Local,
): void {
  if (typeof value === 'string') visit(value, path, local);
  else if (Array.isArray(value)) value.forEach((each: Json, index) => eachText(each, visit, [...path, index], local));
  else if (isMapping(value)) {
    for (const [key, each] of Object.entries(value)) {
      eachText(each, visit, [...path, key], key === 'Fn::Sub' ? localOf(each) : undefined);
    }
  }
}

/** The second argument of `Fn::Sub` has names of its own, which come before the template's. */
function localOf(argument: Json): Local {
  const own = Array.isArray(argument) && isMapping(argument[1]) ? argument[1] : {};
  return (name, variables) => {
    const value = memberOf(own, name);
    if (value === undefined) return variables(name);
    return typeof value === 'string' ? value : undefined;
  };
}

function mapTexts(value: Json, path: Path, map: (text: string, path: Path) => string): Json {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((each: Json, index) => mapTexts(each, [...path, index], map));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, [...path, key], map)]));
}
