import { readFileSync } from 'node:fs';

import { CONFIG } from '@muster/config';
import { credsFile, natsUserKeys, subscriberPermissions, userJwt, watcherPermissions } from '@muster/keys';
import { Clock } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { EventsConfig } from './config.js';
import type { BusAddress } from './domain/subscription-shape.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
    const expiresAt = inWholeSeconds(now, this.config.credentialDays * DAY);
    const jwt = userJwt(this.account, {
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

  /** For somebody whose keys were made elsewhere: it hears the subject of one watch. */
  issueForWatch(account: string, watchId: string, publicKey: string): { jwt: string; expiresAt: Date } {
    const now = this.clock.now();
    const expiresAt = inWholeSeconds(now, this.config.watchCredentialHours * HOUR);
    const permissions = watcherPermissions(account, watchId);
    const user = { name: watchId, publicKey, permissions, issuedAt: now, expiresAt, maxSubscriptions: 8 };
    return { jwt: userJwt(this.account, user), expiresAt };
  }

  private get account() {
    return { publicKey: this.config.extAccount, signingSeed: this.config.extSigningSeed };
  }
}

/** The JWT counts in seconds. */
function inWholeSeconds(now: Date, later: number): Date {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 + later);
}
