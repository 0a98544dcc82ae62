import { serviceKeyPolicy } from '@muster/keys';
import { Clock, Ids, type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { serviceOfAlias } from '../domain/alias-name.js';
import { type KeyReference, type RingScope, keyArn } from '../domain/key-reference.js';
import { newKeyId, newMaterialId } from '../domain/new-key.js';
import { rotationFrom } from '../domain/rotation.js';
import { keyCreated } from '../events.js';
import { KeyAliases } from './key-aliases.js';
import { type FoundKey, KeyRing } from './key-ring.js';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ssm: 'Default key that protects my SSM parameters when no other key is defined',
};

/** Keys that services keep for accounts: `alias/aws/ssm`. Each is made when it is first asked for. */
@Injectable()
export class ServiceKeys {
  constructor(
    private readonly ring: KeyRing,
    private readonly aliases: KeyAliases,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * A key of the ring; one that a service keeps is made if it is not there yet, for an account that exists.
   * @param asking whose call it is: nobody makes keys for another account
   */
  async findOrMake(reference: KeyReference, asking: string, version?: number): Promise<FoundKey> {
    const found = await this.ring.find(reference, version);
    if (found.key || reference.kind !== 'alias' || reference.account !== asking) return found;
    const service = serviceOfAlias(reference.name);
    if (service === undefined || !(await this.make(reference, reference.name, service))) return found;
    return this.ring.find(reference, version);
  }

  /** @returns false when there is no such account */
  private make(scope: RingScope, alias: string, service: string): Promise<boolean> {
    return this.work.run(async (tx) => {
      // Whoever comes second waits here, and then has nothing to do.
      const account = await tx.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [scope.account]);
      if (account.length === 0) return false;
      const there = await tx.query('SELECT FROM kms_alias WHERE account = $1 AND region = $2 AND name = $3', [
        scope.account,
        scope.region,
        alias,
      ]);
      if (there.length === 0) await this.add(tx, scope, alias, service);
      return true;
    });
  }

  private async add(tx: Tx, { account, region }: RingScope, alias: string, service: string): Promise<void> {
    const createdAt = this.clock.now();
    const id = newKeyId((bytes) => this.ids.random(bytes));
    const key = {
      ...{ id, account, region, manager: 'AWS' as const, tags: {}, createdAt },
      description: DESCRIPTIONS[service] ?? `Default key of ${service}`,
      policy: serviceKeyPolicy(service, { account, region }),
      materialId: newMaterialId((bytes) => this.ids.random(bytes)),
      ...rotationFrom(createdAt),
    };
    await this.ring.add(tx, key, this.ids.random(32));
    await this.aliases.add(tx, key, alias, id, createdAt);
    tx.announce(keyCreated(key, keyArn(key, id), { keyId: id, manager: 'AWS' }));
  }
}
