import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { ApiDoor } from './api-door.js';
import { gatewayConfig } from './config.js';
import { HearIdentityRevision } from './hears/hear-identity-revision.js';
import { Listener } from './http/listener.js';
import { IdentityRevision } from './identity-revision.js';
import { Readiness } from './readiness.js';
import { KeyUses } from './key-uses.js';
import { Authenticate } from './steps/authenticate.js';
import { Forward } from './steps/forward.js';
import { Limits } from './steps/limits.js';
import { StreamDoor } from './streams/stream-door.js';

/** The edge: HTTP outside, the bus inside. It owns no data and knows no operation but by the models. */
@Service({ name: 'gateway', config: gatewayConfig, asksOperations: true })
@Module({
  providers: [
    Listener,
    ApiDoor,
    Limits,
    Authenticate,
    KeyUses,
    Forward,
    StreamDoor,
    Readiness,
    IdentityRevision,
    HearIdentityRevision,
  ],
})
export class GatewayModule {}
