import { existsSync, readFileSync } from 'node:fs';

import type { FirstAccessKey } from '@muster/embedded';

import type { Home } from './home.js';
import { type Options, sandboxStaysHere } from './options.js';

/**
 * A data folder is a sandbox from its beginning or never: what somebody relies on is not emptied by a word too much, and
 * a key that everybody knows opens nothing that others can reach.
 * @throws an Error that says what to do
 */
export function checkSandbox(home: Home, options: Pick<Options, 'sandbox' | 'listen'>): void {
  const file = home.at('keys', 'first-access-key.json');
  if (!existsSync(file)) return;
  const { sandbox } = JSON.parse(readFileSync(file, 'utf8')) as FirstAccessKey;
  if (sandbox && options.listen !== undefined) throw new Error(`${home.folder} is a sandbox. ${sandboxStaysHere}`);
  if (!sandbox && options.sandbox) {
    throw new Error(
      `The data folder ${home.folder} holds a Muster that was not made as a sandbox, and never becomes one.\n` +
        'Next step: choose another folder: `npm start -- --sandbox --home <folder>`.',
    );
  }
}
