import { defineEvent } from '@muster/contracts';

import type { PrincipalKind } from './domain/principal-arn.js';

/** A user, role or group, as events name it. */
interface About {
  readonly kind: PrincipalKind;
  readonly name: string;
}

/** A user was created. */
export const userCreated = defineEvent<{ userName: string; userId: string }>('identity', 'user-created');
/** A user got another name or path: the ARN is a new one. */
export const userUpdated = defineEvent<{ userName: string; userId: string; formerArn: string }>(
  'identity',
  'user-updated',
);
/** A user was deleted. */
export const userDeleted = defineEvent<{ userName: string; userId: string }>('identity', 'user-deleted');

/** A role was created. */
export const roleCreated = defineEvent<{ roleName: string; roleId: string }>('identity', 'role-created');
/** A role's description, longest session or trust policy was changed. */
export const roleUpdated = defineEvent<{ roleName: string; what: 'description' | 'trust-policy' }>(
  'identity',
  'role-updated',
);
/** A role was deleted: its sessions have ended. */
export const roleDeleted = defineEvent<{ roleName: string; roleId: string }>('identity', 'role-deleted');

/** A group was created. */
export const groupCreated = defineEvent<{ groupName: string; groupId: string }>('identity', 'group-created');
/** A group got another name or path: the ARN is a new one. */
export const groupUpdated = defineEvent<{ groupName: string; groupId: string; formerArn: string }>(
  'identity',
  'group-updated',
);
/** A group was deleted. */
export const groupDeleted = defineEvent<{ groupName: string; groupId: string }>('identity', 'group-deleted');
/** A user came into a group or left it; the subject is the group. */
export const membershipChanged = defineEvent<{ groupName: string; userName: string; change: 'added' | 'removed' }>(
  'identity',
  'membership-changed',
);

/** A managed policy was created. */
export const policyCreated = defineEvent<{ policyName: string }>('identity', 'policy-created');
/** Another version of a managed policy was made, counts now, or was deleted. */
export const policyVersionChanged = defineEvent<{
  policyName: string;
  versionId: string;
  change: 'created' | 'default' | 'deleted';
}>('identity', 'policy-version-changed');
/** A managed policy was deleted. */
export const policyDeleted = defineEvent<{ policyName: string }>('identity', 'policy-deleted');

/** A managed policy was attached to a user, role or group, or detached; the subject is whom. */
export const attachmentChanged = defineEvent<About & { policyArn: string; change: 'attached' | 'detached' }>(
  'identity',
  'attachment-changed',
);
/** An inline policy was written or deleted; the subject is whose. */
export const inlinePolicyChanged = defineEvent<About & { policyName: string; change: 'put' | 'deleted' }>(
  'identity',
  'inline-policy-changed',
);
/** What a user or role may at most was changed; without a policy nothing bounds it any more. */
export const boundaryChanged = defineEvent<About & { policyArn?: string }>('identity', 'boundary-changed');
/** Tags of a user, role or managed policy were changed. */
export const tagsChanged = defineEvent<{ kind: PrincipalKind | 'Policy'; name: string }>('identity', 'tags-changed');

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

/** A role was assumed, in the role's account; the subject is the role. */
export const roleAssumed = defineEvent<{ roleName: string; sessionArn: string; by: string; expiresAt: string }>(
  'identity',
  'role-assumed',
);
/** A user asked for temporary credentials of its own. */
export const sessionTokenIssued = defineEvent<{ userName: string; expiresAt: string }>(
  'identity',
  'session-token-issued',
);
/** An account got a name that people can read, or lost it. */
export const accountAliasChanged = defineEvent<{ alias: string; change: 'set' | 'deleted' }>(
  'identity',
  'account-alias-changed',
);
/** An account was created; announced in the account that made it. */
export const accountCreated = defineEvent<{ accountId: string; accountName: string; userName: string }>(
  'identity',
  'account-created',
);

/** A key was made, by a user or for a service. */
export const keyCreated = defineEvent<{ keyId: string; manager: 'AWS' | 'CUSTOMER' }>('identity', 'key-created');

/** What may be done with a key, or what is said about it, changed. */
export const keyChanged = defineEvent<{ keyId: string; operation: string }>('identity', 'key-changed');

/** A key encrypts with new material from now on; what was encrypted before opens as before. */
export const keyRotated = defineEvent<{ keyId: string; rotation: 'AUTOMATIC' | 'ON_DEMAND' }>(
  'identity',
  'key-rotated',
);

/** A key's deletion came due: its material is gone, and with it everything that it encrypted. */
export const keyDeleted = defineEvent<{ keyId: string }>('identity', 'key-deleted');

/** An alias was made, moved to another key, or deleted. */
export const keyAliasChanged = defineEvent<{ aliasName: string; keyId: string; operation: string }>(
  'identity',
  'key-alias-changed',
);

/** A sandbox was emptied: how many things of each kind are gone. */
export const sandboxEmptied = defineEvent<{ requestedBy: string; removed: Readonly<Record<string, number>> }>(
  'identity',
  'sandbox-emptied',
);
