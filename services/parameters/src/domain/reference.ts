import { isWellFormed, malformedName, parameterArn, pathOf, type Scope } from './parameter-name.js';

/** How a caller names a parameter to read: by name or ARN, and perhaps a version or a label. */
export interface Reference {
  /** As it was given. */
  readonly text: string;
  readonly arn: string;
  readonly path: string;
  /** `:3` */
  readonly selector?: string;
  /** What the selector says, when it is a version. */
  readonly version?: number;
  /** What the selector says, when it is none. */
  readonly label?: string;
  /** Names nothing that can be here: another account or region, or two selectors. */
  readonly elsewhere: boolean;
}

const ARN = /^arn:[a-z-]+:ssm:([a-z0-9-]*):(\d*):parameter(\/.*)$/;

/** Reads a reference. @throws ApiError ValidationException when no name is formed like that */
export function referenceOf(given: string, scope: Scope): Reference {
  const text = given.trim();
  const [, region, account, inArn] = ARN.exec(text) ?? [];
  // `arn:3` is a version of a parameter named `arn`; with more colons it is the ARN of something else.
  if (inArn === undefined && /^arn:[^:]*:/.test(text)) throw malformedName();
  const [name = '', selector, ...more] = (inArn ?? text).split(':');
  if (!isWellFormed(name)) throw malformedName();

  const path = pathOf(name);
  const foreign = inArn !== undefined && (region !== scope.region || account !== scope.account);
  return {
    text,
    arn: foreign ? parameterArn({ region: region ?? '', account: account ?? '' }, path) : parameterArn(scope, path),
    path,
    elsewhere: foreign || more.length > 0 || selector === '',
    ...(selector ? { selector: `:${selector}`, ...saidBy(selector) } : {}),
  };
}

function saidBy(selector: string): { version: number } | { label: string } {
  // Beyond this no version can be, and it must fit into a bigint.
  return /^\d{1,15}$/.test(selector) ? { version: Number(selector) } : { label: selector };
}
