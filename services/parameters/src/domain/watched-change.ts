import type { CloudEvent } from '@muster/contracts';

import type { ParameterChange } from '../events.js';
import type { WatchedPlace, WatchedState } from '../store/watched-parameters.js';

/** Something that happened to a parameter, and what is known of it now. */
export interface WatchedChange extends WatchedPlace {
  readonly event: CloudEvent<ParameterChange>;
  readonly state: WatchedState;
}
