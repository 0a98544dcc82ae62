import { Bus } from '@muster/bus';
import { Events } from '@muster/contracts';
import { credsFile, natsUserKeys } from '@muster/keys';
import { Injectable } from '@nestjs/common';

import type { Watch } from './domain/watch.js';

/** What a watcher on the bus needs. */
export interface WatchCredential {
  readonly Urls: string[];
  readonly BusCa?: string;
  /** A secret, shown once and kept nowhere. */
  readonly Credential: string;
  readonly CredentialExpiresAt: Date;
}

/** Credentials of watchers: the keys are made here, events signs the public one. */
@Injectable()
export class WatchCredentials {
  constructor(private readonly bus: Bus) {}

  /** @throws ApiError ServiceUnavailable */
  async issue({ account, id }: Pick<Watch, 'account' | 'id'>): Promise<WatchCredential> {
    const { publicKey, seed } = natsUserKeys();
    const issued = await this.bus.rpc(Events.method.issueWatchCredential, { account, watchId: id, publicKey });
    return {
      Urls: issued.urls,
      ...(issued.ca ? { BusCa: issued.ca } : {}),
      Credential: credsFile(issued.jwt, seed),
      CredentialExpiresAt: new Date(Number(issued.expiresAtMs)),
    };
  }
}
