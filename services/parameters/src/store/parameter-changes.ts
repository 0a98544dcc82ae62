import { ApiError } from '@muster/aws-protocol';
import type { Tx } from '@muster/persistence';
import { Ids } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { VersionContent } from '../domain/next-version.js';
import { type ScheduledPolicy, scheduled } from '../domain/parameter-policies.js';
import { type Scope, parentOf, pathOf } from '../domain/parameter-name.js';
import type { Tags } from '../domain/tags.js';
import { POLICIES, ParameterPolicies } from './parameter-policies.js';

/** A parameter that this transaction has locked, with its newest version. */
export interface LockedParameter {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly tags: Tags;
  readonly newest: VersionContent;
  /** The policies of the newest version, and how far they are. */
  readonly policies: readonly ScheduledPolicy[];
}

/** Who changes something, and when. */
export interface Author {
  readonly arn: string;
  readonly at: Date;
}

/** Changing parameters, in a transaction of the operation's. */
@Injectable()
export class ParameterChanges {
  constructor(
    private readonly ids: Ids,
    private readonly policies: ParameterPolicies,
  ) {}

  /** Locks a parameter until the end of the transaction; undefined when there is none. */
  async lock(tx: Tx, scope: Scope, path: string): Promise<LockedParameter | undefined> {
    const [locked] = await tx.named<Omit<LockedParameter, 'newest'>>(
      'parameter.lock',
      `SELECT id, name, version, tags FROM parameter WHERE account = $1 AND region = $2 AND path = $3 FOR UPDATE`,
      [scope.account, scope.region, path],
    );
    if (!locked) return undefined;
    // A statement of its own: joined, it would be the version of before the lock was granted.
    const [newest] = await tx.named<Omit<VersionContent, 'policies'> & { policies: KeptPolicy[] }>(
      'parameter.newest',
      `SELECT type, value, key_id AS "keyId", tier, data_type AS "dataType", description,
              allowed_pattern AS "allowedPattern", ${POLICIES} AS policies
       FROM parameter_version v WHERE parameter_id = $1 AND number = $2`,
      [locked.id, locked.version],
    );
    if (!newest) throw new Error(`parameter ${locked.id} has no version ${locked.version}`);
    const policies = newest.policies.map((each) => ({ ...each, dueAt: new Date(each.dueAt) }));
    return { ...locked, newest: { ...newest, policies: policies.map(({ text }) => text) }, policies };
  }

  /** Adds a parameter with its first version. @returns false when somebody else has just made it */
  async create(
    tx: Tx,
    scope: Scope,
    what: { name: string; tags: Tags; content: VersionContent },
    author: Author,
  ): Promise<boolean> {
    const path = pathOf(what.name);
    const id = this.ids.uuid();
    const made = await tx.named(
      'parameter.create',
      `WITH made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at, standard)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $12::text = 'Standard')
         ON CONFLICT (account, region, path) DO NOTHING RETURNING id
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, key_id, tier, data_type, description,
                                      allowed_pattern, last_modified_at, last_modified_by)
       SELECT id, 1, $9, $10, $11, $12, $13, $14, $15, $8, $16 FROM made RETURNING number`,
      [
        id,
        scope.account,
        scope.region,
        path,
        parentOf(path),
        what.name,
        JSON.stringify(what.tags),
        author.at,
        ...columnsOf(what.content),
        author.arn,
      ],
    );
    if (made.length === 0) return false;
    await this.schedule(tx, { id, policies: [] }, 1, what.content, author);
    return true;
  }

  /**
   * Adds a version to a locked parameter, and drops what is then too old.
   * @returns its number
   * @throws ApiError ParameterMaxVersionLimitExceeded: what would be dropped has a label
   */
  async addVersion(
    tx: Tx,
    parameter: LockedParameter,
    content: VersionContent,
    author: Author,
    keep: number,
  ): Promise<number> {
    const number = parameter.version + 1;
    const [held] = await tx.named<{ number: number | null }>(
      'parameter.add_version',
      `WITH moved AS (UPDATE parameter SET version = $2, standard = $8::text = 'Standard' WHERE id = $1),
            dropped AS (DELETE FROM parameter_version WHERE parameter_id = $1 AND number <= $3),
            added AS (
              INSERT INTO parameter_version (parameter_id, number, type, value, key_id, tier, data_type, description,
                                             allowed_pattern, last_modified_at, last_modified_by)
              VALUES ($1, $2, $5, $6, $7, $8, $9, $10, $11, $4, $12)
            )
       SELECT min(number) AS number FROM parameter_label WHERE parameter_id = $1 AND number <= $3`,
      [parameter.id, number, number - keep, author.at, ...columnsOf(content), author.arn],
    );
    if (held!.number !== null) throw labelledVersion(parameter.name, held!.number);
    await this.schedule(tx, parameter, number, content, author);
    return number;
  }

  async setTags(tx: Tx, parameter: LockedParameter, tags: Tags): Promise<void> {
    await tx.named('parameter.set_tags', 'UPDATE parameter SET tags = $2 WHERE id = $1', [
      parameter.id,
      JSON.stringify(tags),
    ]);
  }

  /** Deletes parameters with their versions. @returns what they were */
  async remove(
    tx: Tx,
    scope: Scope,
    paths: readonly string[],
  ): Promise<(Pick<VersionContent, 'type' | 'description'> & { name: string; path: string })[]> {
    // In one order, so that two that delete the same ones wait for each other instead of dying.
    const locked = await tx.named<{ id: string }>(
      'parameter.lock_all',
      `SELECT id FROM parameter WHERE account = $1 AND region = $2 AND path = ANY ($3) ORDER BY path FOR UPDATE`,
      [scope.account, scope.region, [...paths]],
    );
    return tx.named(
      'parameter.remove',
      // Who may hear of it is decided on the tags that it had.
      `WITH gone AS (DELETE FROM parameter WHERE id = ANY ($1) RETURNING id, account, region, name, path, version, tags),
            remembered AS (
              INSERT INTO gone_parameter (account, region, path, tags, gone_at)
              SELECT account, region, path, tags, clock_timestamp() FROM gone
              ON CONFLICT (account, region, path) DO UPDATE SET tags = excluded.tags, gone_at = excluded.gone_at
            )
       SELECT gone.name, gone.path, v.type, v.description
       FROM gone JOIN parameter_version v ON v.parameter_id = gone.id AND v.number = gone.version ORDER BY gone.path`,
      [locked.map((each) => each.id)],
    );
  }

  // Most parameters have none, and then it costs nothing.
  private async schedule(
    tx: Tx,
    before: Pick<LockedParameter, 'id' | 'policies'>,
    number: number,
    { policies }: VersionContent,
    author: Author,
  ): Promise<void> {
    if (policies.length === 0 && before.policies.length === 0) return;
    await this.policies.give(tx, before.id, number, scheduled(policies, author.at, before.policies));
  }
}

interface KeptPolicy extends Omit<ScheduledPolicy, 'dueAt'> {
  readonly dueAt: string;
}

function labelledVersion(name: string, version: number): ApiError {
  return new ApiError(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ` +
      `${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to ` +
      'another version of the parameter, and try again.',
  );
}

function columnsOf(content: VersionContent): unknown[] {
  const { type, value, keyId, tier, dataType, description, allowedPattern } = content;
  return [type, value, keyId, tier, dataType, description, allowedPattern];
}
