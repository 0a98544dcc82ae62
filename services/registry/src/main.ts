import { runService } from '@muster/bus';

import { RegistryModule } from './module.js';

await runService(RegistryModule);
