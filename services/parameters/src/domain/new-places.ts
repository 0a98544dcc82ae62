import { ApiError } from '@muster/aws-protocol';

import { type Scope, nameToWrite, pathOf } from './parameter-name.js';

/** Where a parameter goes. */
export interface NewPlace {
  readonly name: string;
  readonly path: string;
}

/**
 * Where a parameter at or below `from` goes when `from` becomes `to`.
 * @throws ApiError as when it were put there
 */
export function newPlace(scope: Scope, from: string, to: string, path: string): NewPlace {
  const rest = path.slice(from === '/' ? 0 : from.length);
  const moved = rest === '' ? to : `${to === '/' ? '' : to}${rest.startsWith('/') ? rest : `/${rest}`}`;
  const name = nameToWrite(moved, scope);
  return { name, path: pathOf(name) };
}

/** Nothing can be moved into itself. @throws ApiError ValidationException */
export function refuseMoveIntoItself(from: string, to: string): void {
  if (from === to || from === '/' || to.startsWith(`${from}/`)) {
    throw new ApiError(
      'ValidationException',
      `${from} can't be moved to ${to}: that is the same place, or lies below it.`,
    );
  }
}
