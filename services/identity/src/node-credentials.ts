import { CONFIG } from '@muster/config';
import { nodePermissions, userJwt } from '@muster/keys';
import { Clock } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from './config.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Signs broker credentials of nodes: account FLEET, the node's own subjects, a limited life. */
@Injectable()
export class NodeCredentials {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    private readonly clock: Clock,
  ) {}

  /** How long a credential that is issued now lives. */
  life(): { issuedAt: Date; expiresAt: Date } {
    const issuedAt = this.clock.now();
    // Whole seconds: a JWT knows no smaller ones.
    const expiresAt = new Date(
      Math.floor((issuedAt.getTime() + this.config.nodeCredentialDays * DAY_MS) / 1000) * 1000,
    );
    return { issuedAt, expiresAt };
  }

  issue(nodeId: string, publicKey: string, expiresAt: Date): string {
    return userJwt(
      { publicKey: this.config.fleetAccount, signingSeed: this.config.fleetSigningSeed },
      { name: nodeId, publicKey, permissions: nodePermissions(nodeId), expiresAt },
    );
  }
}
