import { runService } from '@muster/bus';

import { EventsModule } from './module.js';

await runService(EventsModule);
