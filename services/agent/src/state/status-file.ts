import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { Dropped } from '../link/node-messages.js';
import type { LinkState } from '../link/control-link.js';
import type { StateFolder } from './state-folder.js';

/** What the running agent says about itself. */
export interface AgentStatus {
  readonly link: LinkState;
  readonly dropped: Dropped;
}

/** For `muster-agent status`; not synced, and a full disk does not matter. */
export function writeStatus(folder: StateFolder, status: AgentStatus): void {
  try {
    writeFileSync(`${folder.status}.new`, JSON.stringify(status), { mode: 0o600 });
    renameSync(`${folder.status}.new`, folder.status);
  } catch {
    // It is only for looking at.
  }
}

/** What was said last. */
export function readStatus(folder: StateFolder): AgentStatus | undefined {
  try {
    return JSON.parse(readFileSync(folder.status, 'utf8')) as AgentStatus;
  } catch {
    return undefined;
  }
}
