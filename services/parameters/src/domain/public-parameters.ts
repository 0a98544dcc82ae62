import { ApiError } from '@muster/aws-protocol';

import { isPublicPath, isWellFormed, malformedName } from './parameter-name.js';

/** A public parameter as it is to be. */
export interface PublicParameter {
  readonly path: string;
  readonly value: string;
}

const LEVELS_MAX = 15;
const ROOT = '/aws/service/';
const LIST = `${ROOT}list/`;

/** The name of a public parameter that is to be published. @throws ApiError ValidationException */
export function publicNameToWrite(given: string): string {
  const path = given.trim();
  if (!isPublicPath(path) || path.length <= ROOT.length) {
    throw new ApiError('ValidationException', `Public parameters are named ${ROOT}…, not ${path}.`);
  }
  if (!isWellFormed(path)) throw malformedName();
  if (path.split('/').length - 1 > LEVELS_MAX) {
    throw new ApiError('ValidationException', `A hierarchy can have a maximum of ${LEVELS_MAX} levels.`);
  }
  return path;
}

/**
 * Where a public parameter is to be discovered: `/aws/service/list/NAME` says `/aws/service/NAME/`.
 * Undefined for what is in the list itself, and for what lies in no folder.
 */
export function listEntry(path: string): PublicParameter | undefined {
  const [folder, ...below] = path.slice(ROOT.length).split('/');
  if (path.startsWith(LIST) || below.length === 0) return undefined;
  return { path: `${LIST}${folder}`, value: `${ROOT}${folder}/` };
}
