import { ApiError } from '@muster/aws-protocol';

/** The states of a key that is not imported, not replicated and in no custom store. */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

interface Stateful {
  readonly arn: string;
  readonly state: KeyState;
}

/** For everything that uses the key's material. @throws ApiError DisabledException, KMSInvalidStateException */
export function demandEnabled(key: Stateful): void {
  demandKept(key);
  if (key.state === 'Disabled') throw new ApiError('DisabledException', `${key.arn} is disabled.`);
}

/** For what changes a key. @throws ApiError KMSInvalidStateException when it waits for its deletion */
export function demandKept(key: Stateful): void {
  if (key.state === 'PendingDeletion') {
    throw new ApiError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
}

/** For CancelKeyDeletion. @throws ApiError KMSInvalidStateException */
export function demandPendingDeletion(key: Stateful): void {
  if (key.state !== 'PendingDeletion') {
    throw new ApiError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  }
}
