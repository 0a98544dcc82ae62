import { startService } from '@muster/bus';
import { environment } from '@muster/config';

import { IdentityModule } from './module.js';

await startService(IdentityModule, { env: environment() });
