import { runService } from '@muster/bus';

import { IdentityModule } from './module.js';

await runService(IdentityModule);
