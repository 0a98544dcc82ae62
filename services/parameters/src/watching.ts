import { PushWatches } from './consumers/push-watches.js';
import { HearIdentityRevision } from './hears/hear-identity-revision.js';
import { CreateParameterWatch } from './operations/create-parameter-watch.js';
import { DeleteParameterWatch } from './operations/delete-parameter-watch.js';
import { ListParameterWatches } from './operations/list-parameter-watches.js';
import { RenewParameterWatch } from './operations/renew-parameter-watch.js';
import { WatchParameters } from './operations/watch-parameters.js';
import { WatchedParameters } from './store/watched-parameters.js';
import { Watches } from './store/watches.js';
import { TendWatches } from './sweeps/tend-watches.js';
import { WatchCredentials } from './watch-credentials.js';
import { WatchGuard } from './watch-guard.js';
import { WatchMessages } from './watch-messages.js';
import { WatchOpening } from './watch-opening.js';
import { WatchSecrets } from './watch-secrets.js';

/** Who hears of changes of parameters, each decided for him: docs/adr/0015. */
export const watching = [
  CreateParameterWatch,
  RenewParameterWatch,
  DeleteParameterWatch,
  ListParameterWatches,
  WatchParameters,
  PushWatches,
  TendWatches,
  HearIdentityRevision,
  WatchCredentials,
  WatchGuard,
  WatchMessages,
  WatchOpening,
  WatchSecrets,
  WatchedParameters,
  Watches,
];
