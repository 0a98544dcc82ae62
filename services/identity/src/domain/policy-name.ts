import { ApiError } from '@muster/aws-protocol';

/** A key has one policy, and this is its name. @throws ApiError NotFoundException */
export function demandDefaultPolicy(name = 'default'): void {
  if (name !== 'default') throw new ApiError('NotFoundException', `No such policy exists: a key has 'default' alone.`);
}
