import { CreateCommands1763996400000 } from './1763996400000-create-commands.js';

/** Oldest first. */
export const migrations = [CreateCommands1763996400000];
