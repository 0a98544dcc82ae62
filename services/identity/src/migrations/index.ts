import { CreateIdentity1764000000000 } from './1764000000000-create-identity.js';
import { CreateRolesAndSessions1764100000000 } from './1764100000000-create-roles-and-sessions.js';

export const migrations = [CreateIdentity1764000000000, CreateRolesAndSessions1764100000000];
