import { defineEvent } from '@muster/contracts';

/** An activation was created. Its code is in no event. */
export const activationCreated = defineEvent<{ activationId: string; registrationLimit: number; expires: string }>(
  'registry',
  'activation-created',
);

/** An activation was deleted: nothing registers with it any more. */
export const activationDeleted = defineEvent<{ activationId: string }>('registry', 'activation-deleted');

/** Tags of a node were added, changed or removed: all that it has now. */
export const nodeTagsChanged = defineEvent<{ nodeId: string; tags: Readonly<Record<string, string>> }>(
  'registry',
  'node-tags-changed',
);

/** A node was given another IAM role. */
export const nodeRoleChanged = defineEvent<{ nodeId: string; iamRole: string }>('registry', 'node-role-changed');
