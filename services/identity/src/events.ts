import { defineEvent } from '@muster/contracts';

/** A user was created. */
export const userCreated = defineEvent<{ userName: string; userId: string }>('identity', 'user-created');

/** An access key was made. Its secret is in no event. */
export const accessKeyCreated = defineEvent<{ userName: string; accessKeyId: string }>(
  'identity',
  'access-key-created',
);

/** An access key was switched on or off. */
export const accessKeyUpdated = defineEvent<{ userName: string; accessKeyId: string; status: 'Active' | 'Inactive' }>(
  'identity',
  'access-key-updated',
);

/** An access key was deleted: nothing that it signed is accepted any more. */
export const accessKeyDeleted = defineEvent<{ userName: string; accessKeyId: string }>(
  'identity',
  'access-key-deleted',
);
