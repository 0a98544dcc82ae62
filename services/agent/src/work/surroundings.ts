import type { Logger } from '@muster/telemetry';

import type { Plugin } from '../plugins/plugin.js';
import type { ControlGroups } from './control-group.js';
import type { Journal } from './journal.js';
import type { Room } from './room.js';
import type { Uplink } from './uplink.js';
import type { Wrappers } from './wrapper.js';

/** What work on a node needs of the rest. */
export interface Surroundings {
  readonly nodeId: string;
  readonly platformType: string;
  readonly plugins: ReadonlyMap<string, Plugin>;
  /** Below it each invocation has a folder. */
  readonly workFolder: string;
  /** Variables that every script gets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly homeFolder: string;
  readonly journal: Journal;
  readonly room: Room;
  readonly wrappers: Wrappers;
  readonly controlGroups: ControlGroups;
  readonly uplink: Uplink;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since boot, also over sleep: for durations. */
  uptimeMs(): number;
}
