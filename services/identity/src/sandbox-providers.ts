import { EmptyAccount } from './empty-account.js';
import { EmptySandboxAccount } from './operations/muster/empty-sandbox-account.js';
import { Emptyings } from './store/emptyings.js';
import { Sandboxes } from './store/sandboxes.js';
import { EmptySandboxes } from './sweeps/empty-sandboxes.js';

/** Accounts for tests, which can be emptied. */
export const sandboxProviders = [EmptySandboxAccount, EmptySandboxes, EmptyAccount, Emptyings, Sandboxes];
