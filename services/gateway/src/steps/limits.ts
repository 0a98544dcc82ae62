import { unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { GatewayConfig } from '../config.js';

/** Step 1: how much at once. Sizes and times of a single request are limited by the listener. */
@Injectable()
export class Limits {
  private inFlight = 0;

  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  /** @throws ApiError ServiceUnavailable when too many are under way */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= this.config.maxInFlight) throw unavailable('Too many requests at once: try again.');
    this.inFlight++;
    try {
      return await work();
    } finally {
      this.inFlight--;
    }
  }
}
