import { runService } from '@muster/bus';

import { ParametersModule } from './module.js';

await runService(ParametersModule);
