import { ApiError } from '@muster/aws-protocol';

/** Where parameters live. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

const ARN_MAX = 1011;
const LEVELS_MAX = 15;

/** `arn:aws:ssm:<region>:<account>:parameter/a/b`: exactly one slash before the name, whichever way it was written. */
export function parameterArn(scope: Scope, path: string): string {
  return `arn:aws:ssm:${scope.region}:${scope.account}:parameter${path}`;
}

/** Where public parameters begin. */
const PUBLIC_ROOT = '/aws/service';

/** Who owns what everybody may read: nobody; the ARN has an empty account. */
export function publicScope({ region }: Pick<Scope, 'region'>): Scope {
  return { account: '', region };
}

/** Whether a path lies where public parameters are. */
export function isPublicPath(path: string): boolean {
  return path === PUBLIC_ROOT || path.startsWith(`${PUBLIC_ROOT}/`);
}

/** `/name` and `name` are one parameter: this is what it is kept and found by. */
export function pathOf(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

/** The level that holds a path: `/a` for `/a/b`, `/` for `/a`. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** A name that no parameter can have: what AWS answers when one is written or read by it. */
export function malformedName(): ApiError {
  return new ApiError(
    'ValidationException',
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths ' +
      'divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}

/** Whether a name, already trimmed, is formed as one: `a`, `/a`, `/a/b`. */
export function isWellFormed(name: string): boolean {
  return /^\/?[a-zA-Z0-9_.-]+$/.test(name) || /^(?:\/[a-zA-Z0-9_.-]+)+$/.test(name);
}

/**
 * The name that a new or changed parameter gets.
 * @returns it without blanks around it
 * @throws ApiError as AWS answers: which rule is broken
 */
export function nameToWrite(given: string, scope: Scope): string {
  const name = given.trim();
  refuseReserved(name);
  if (/^[^/]+\//.test(name)) {
    throw new ApiError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (!isWellFormed(name)) throw malformedName();
  if (pathOf(name).split('/').length - 1 > LEVELS_MAX) {
    throw new ApiError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${LEVELS_MAX} levels. For more information, see Requirements and constraints ` +
        'for parameter names in the AWS Systems Manager User Guide.',
    );
  }
  const arn = parameterArn(scope, pathOf(name));
  if (arn.length > ARN_MAX) {
    const most = ARN_MAX - (arn.length - pathOf(name).length);
    throw new ApiError(
      'ValidationException',
      `Parameter name: can have ${most} characters at most here (${ARN_MAX} with the ARN before it).`,
    );
  }
  return name;
}

function refuseReserved(name: string): void {
  const bare = name.toLowerCase().replace(/^\/+/, '');
  if (!bare.startsWith('aws') && !bare.startsWith('ssm')) return;

  const isPath = (name.match(/\//g) ?? []).length > 1;
  if (!isPath) {
    throw new ApiError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (bare.startsWith('aws')) {
    throw new ApiError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  throw malformedName();
}
