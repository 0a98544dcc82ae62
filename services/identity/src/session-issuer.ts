import type { Credentials } from '@aws-sdk/client-sts';
import { Clock, Ids, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { newAccessKey, newSessionToken } from './domain/new-credentials.js';
import { type NewSession, Sessions } from './store/sessions.js';

/** Makes temporary credentials. Their secret and token leave the house once, in the answer. */
@Injectable()
export class SessionIssuer {
  constructor(
    private readonly sessions: Sessions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async issue(
    tx: Queries,
    seconds: number,
    wanted: Omit<NewSession, 'key' | 'token' | 'issuedAt' | 'expiresAt'>,
  ): Promise<Credentials & { Expiration: Date }> {
    const random = (bytes: number) => this.ids.random(bytes);
    const [key, token] = [newAccessKey(random, 'ASIA'), newSessionToken(random)];
    // Whole seconds: that is how clients write the time down.
    const issuedAt = new Date(Math.floor(this.clock.now().getTime() / 1000) * 1000);
    const expiresAt = new Date(issuedAt.getTime() + seconds * 1000);
    await this.sessions.add(tx, { ...wanted, key, token, issuedAt, expiresAt });
    return {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: token,
      Expiration: expiresAt,
    };
  }
}
