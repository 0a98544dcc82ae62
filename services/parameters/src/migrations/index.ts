import { CreateParameter1764000100000 } from './1764000100000-create-parameter.js';

export const migrations = [CreateParameter1764000100000];
