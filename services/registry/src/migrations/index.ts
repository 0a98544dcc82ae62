import { CreateRegistry1764000000000 } from './1764000000000-create-registry.js';

export const migrations = [CreateRegistry1764000000000];
