import { readFileSync } from 'node:fs';

import { CONFIG } from '@muster/config';
import { credsFile, natsUserKeys, subscriberPermissions, userJwt } from '@muster/keys';
import { Clock } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { EventsConfig } from './config.js';
import type { BusAddress } from './domain/subscription-shape.js';

const DAY = 24 * 3_600_000;

/** A subscriber's credentials file, and until when it is good. */
export interface NewCredential {
  /** A secret, shown once and kept nowhere. */
  readonly text: string;
  readonly expiresAt: Date;
}

/** Issues credentials in account EXT, each for one durable alone. */
@Injectable()
export class Credentials {
  /** Where they are good. */
  readonly bus: BusAddress;

  constructor(
    @Inject(CONFIG) private readonly config: EventsConfig,
    private readonly clock: Clock,
  ) {
    const ca = config.subscriberCaFile && readFileSync(config.subscriberCaFile, 'utf8');
    this.bus = { urls: config.subscriberNatsUrls, ca };
  }

  issue(durable: string): NewCredential {
    const { publicKey, seed } = natsUserKeys();
    const now = this.clock.now();
    // The JWT counts in seconds.
    const expiresAt = new Date(Math.floor(now.getTime() / 1000) * 1000 + this.config.credentialDays * DAY);
    const account = { publicKey: this.config.extAccount, signingSeed: this.config.extSigningSeed };
    const jwt = userJwt(account, {
      name: durable,
      publicKey,
      // The durable's name is the inbox too: nobody else's begins like it.
      permissions: subscriberPermissions(durable, durable),
      issuedAt: now,
      expiresAt,
      maxSubscriptions: 64,
    });
    return { text: credsFile(jwt, seed), expiresAt };
  }
}
