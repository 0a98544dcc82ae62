import { readFileSync } from 'node:fs';

import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { RegistryConfig } from './config.js';

/** Where nodes find the bus: what an enrolment tells them. */
@Injectable()
export class AgentBus {
  readonly address: { readonly BusUrls: string[]; readonly BusCa?: string };

  constructor(@Inject(CONFIG) config: RegistryConfig) {
    const ca = config.agentCaFile === undefined ? undefined : readFileSync(config.agentCaFile, 'utf8');
    this.address = { BusUrls: config.agentNatsUrls, ...(ca !== undefined && { BusCa: ca }) };
  }
}
