import type { DeclaredParameter } from './declared-parameter.js';
import type { DynamicReference } from './dynamic-reference.js';
import { templateError } from './template-error.js';

/** How a dynamic reference is looked up: `name`, or `name:version`. */
export function storeName({ name, version }: NonNullable<DynamicReference['names']>): string {
  return version === undefined ? name : `${name}:${version}`;
}

/** The name that a parameter of a type of Parameter Store holds. @throws ApiError ValidationError when it has a label */
export function nameHeld({ key }: DeclaredParameter, value: string): string {
  const name = value.trim();
  const [, selector] = name.startsWith('arn:') ? [] : name.split(':');
  if (selector === undefined || /^\d+$/.test(selector)) return name;
  throw templateError(
    `Parameter validation failed: parameter value ${name} for parameter name ${key}: CloudFormation takes a version ` +
      'of a parameter, and no label.',
  );
}

/** A name that lies nowhere, as CloudFormation says it of parameters. */
export function notFetched(names: readonly string[]) {
  return templateError(`Unable to fetch parameters [${names.join(',')}] from parameter store for this account.`);
}

/** Dynamic references that name nothing, as CloudFormation says it. */
export function notFound(references: readonly DynamicReference[]) {
  const each = references.map(({ service, names, path }) => `${service}:${storeName(names!)} (${path})`);
  return templateError(`Parameters: [${each.join(', ')}] cannot be found.`);
}
