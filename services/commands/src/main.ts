import { runService } from '@muster/bus';

import { CommandsModule } from './module.js';

await runService(CommandsModule);
