import { CreateIdentity1764000000000 } from './1764000000000-create-identity.js';
import { CreateRolesAndSessions1764100000000 } from './1764100000000-create-roles-and-sessions.js';
import { CreateKeyRing1764100000100 } from './1764100000100-create-key-ring.js';
import { AddAccountAlias1764100000200 } from './1764100000200-add-account-alias.js';
import { PlaceKeyUses1764100000300 } from './1764100000300-place-key-uses.js';
import { MarkSandboxes1764120000000 } from './1764120000000-mark-sandboxes.js';

export const migrations = [
  CreateIdentity1764000000000,
  CreateRolesAndSessions1764100000000,
  CreateKeyRing1764100000100,
  AddAccountAlias1764100000200,
  PlaceKeyUses1764100000300,
  MarkSandboxes1764120000000,
];
