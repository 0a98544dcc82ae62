import { runService } from '@muster/bus';

import { GatewayModule } from './gateway.module.js';

await runService(GatewayModule);
