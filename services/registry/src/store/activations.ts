import type { EventScope } from '@muster/contracts';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { ActivationConditions } from '../domain/activation-filters.js';
import { ActivationEntity } from './activation.entity.js';

/** An activation as lists show it. */
export interface ListedActivation {
  readonly id: string;
  readonly defaultInstanceName: string | null;
  readonly description: string | null;
  readonly iamRole: string;
  readonly registrationLimit: number;
  readonly registrationsCount: number;
  readonly expiresAt: Date;
  readonly expired: boolean;
  readonly createdAt: Date;
  readonly tags: Record<string, string>;
}

/** An activation that somebody has the code of, held until the transaction ends. */
export interface HeldActivation extends EventScope {
  readonly id: string;
  readonly defaultInstanceName: string | null;
  readonly iamRole: string;
  readonly expired: boolean;
  readonly full: boolean;
  readonly tags: Record<string, string>;
}

/** Activations by account and region. */
@Injectable()
export class Activations {
  constructor(private readonly database: Database) {}

  async add(tx: Tx, activation: ActivationEntity): Promise<void> {
    await tx.manager.insert(ActivationEntity, activation);
  }

  /** @returns whether it was there */
  async remove(tx: Tx, { account, region }: EventScope, id: string): Promise<boolean> {
    const { affected } = await tx.manager.delete(ActivationEntity, { id, account, region });
    return affected === 1;
  }

  /** By id, in pages: ids grow with time. */
  async list(
    { account, region }: EventScope,
    { ids, names, roles }: ActivationConditions,
    after: string | undefined,
    limit: number,
  ): Promise<ListedActivation[]> {
    return this.database.named<ListedActivation>(
      'activation_list',
      `SELECT id, default_instance_name AS "defaultInstanceName", description, iam_role AS "iamRole",
              registration_limit AS "registrationLimit", registrations_count AS "registrationsCount",
              expires_at AS "expiresAt", expires_at <= clock_timestamp() AS expired, created_at AS "createdAt", tags
         FROM activation
        WHERE account = $1 AND region = $2
          AND ($3::text[] IS NULL OR id::text = ANY ($3))
          AND ($4::text[] IS NULL OR default_instance_name = ANY ($4))
          AND ($5::text[] IS NULL OR iam_role = ANY ($5))
          AND ($6::uuid IS NULL OR id > $6)
        ORDER BY id LIMIT $7`,
      [account, region, ids ?? null, names ?? null, roles ?? null, after ?? null, limit],
    );
  }

  /** The activation of this id and code, locked: registrations are counted one after another. */
  async hold(tx: Tx, id: string, codeHash: Uint8Array): Promise<HeldActivation | undefined> {
    const [held] = await tx.named<HeldActivation>(
      'activation_hold',
      `SELECT id, account, region, default_instance_name AS "defaultInstanceName", iam_role AS "iamRole", tags,
              expires_at <= clock_timestamp() AS expired, registrations_count >= registration_limit AS full
         FROM activation WHERE id = $1 AND code_hash = $2 FOR UPDATE`,
      [id, codeHash],
    );
    return held;
  }

  async countRegistration(tx: Tx, id: string): Promise<void> {
    await tx.named(
      'activation_count',
      'UPDATE activation SET registrations_count = registrations_count + 1 WHERE id = $1',
      [id],
    );
  }
}
