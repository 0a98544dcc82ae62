import { CreateIdentity1764000000000 } from './1764000000000-create-identity.js';

export const migrations = [CreateIdentity1764000000000];
