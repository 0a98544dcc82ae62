import {
  type Scope,
  isPublicPath,
  isWellFormed,
  malformedName,
  parameterArn,
  pathOf,
  publicScope,
} from './parameter-name.js';

/** How a caller names a parameter: by name or ARN, and perhaps a version or a label. */
export interface Reference {
  /** As it was given. */
  readonly text: string;
  readonly arn: string;
  /** Whose parameter it is: the caller's, another account's, or nobody's, when it is public. */
  readonly owner: Scope;
  readonly path: string;
  /** `:3` */
  readonly selector?: string;
  /** What the selector says, when it is a version. */
  readonly version?: number;
  /** What the selector says, when it is none. */
  readonly label?: string;
  /** Names nothing that the operation could find: another account's or region's, or two selectors. */
  readonly elsewhere: boolean;
}

const ARN = /^arn:[a-z-]+:ssm:([a-z0-9-]*):(\d*):parameter(\/.*)$/;

/**
 * Reads a reference to a parameter of the caller's account: what lies in others is not found.
 * @throws ApiError ValidationException when no name is formed like that
 */
export function referenceOf(given: string, scope: Scope): Reference {
  const reference = referenceToRead(given, scope);
  return reference.owner.account === scope.account ? reference : { ...reference, elsewhere: true };
}

/**
 * Reads a reference to a parameter that is only to be read: also a public one, or by its ARN one that another account
 * shares. Whether the caller may is decided on the ARN.
 * @throws ApiError ValidationException when no name is formed like that
 */
export function referenceToRead(given: string, scope: Scope): Reference {
  const text = given.trim();
  const [, region, account, inArn] = ARN.exec(text) ?? [];
  // `arn:3` is a version of a parameter named `arn`; with more colons it is the ARN of something else.
  if (inArn === undefined && /^arn:[^:]*:/.test(text)) throw malformedName();
  const [name = '', selector, ...more] = (inArn ?? text).split(':');
  if (!isWellFormed(name)) throw malformedName();

  const path = pathOf(name);
  const owner = inArn !== undefined ? { account: account ?? '', region: region ?? '' } : ownerOf(path, scope);
  return {
    text,
    arn: parameterArn(owner, path),
    owner,
    path,
    elsewhere: owner.region !== scope.region || more.length > 0 || selector === '',
    ...(selector ? { selector: `:${selector}`, ...saidBy(selector) } : {}),
  };
}

function ownerOf(path: string, { account, region }: Scope): Scope {
  return isPublicPath(path) ? publicScope({ region }) : { account, region };
}

function saidBy(selector: string): { version: number } | { label: string } {
  // Beyond this no version can be, and it must fit into a bigint.
  return /^\d{1,15}$/.test(selector) ? { version: Number(selector) } : { label: selector };
}
