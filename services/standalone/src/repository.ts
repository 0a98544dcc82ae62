import { fileURLToPath } from 'node:url';

/** The folder of this clone: what runs is built in it, in `services/standalone/dist`. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
