import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call } from '@muster/bus';
import type { Resource } from '@muster/iam';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Tags } from '../domain/changed-tags.js';
import { type PrincipalKind, principalArn } from '../domain/principal-arn.js';

/** A user, role or group, as it lies in its row. */
export interface Principal {
  /** Inside; never shown. */
  readonly id: string;
  readonly account: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  /** `AIDA…`, `AROA…`, `AGPA…`: stays what it is, and is never used again. */
  readonly userId: string;
  readonly arn: string;
  readonly description: string;
  readonly tags: Tags;
  /** Of a role: JSON text. */
  readonly trustPolicy: string | null;
  readonly maxSessionSeconds: number | null;
  /** The managed policy that says what it may at most. */
  readonly boundaryArn: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedRegion: string | null;
}

/** What is written of a new one. */
export type NewPrincipal = Omit<Principal, 'boundaryArn' | 'lastUsedAt' | 'lastUsedRegion'> & {
  /** Id of the policy. */
  readonly boundary: string | null;
};

/** Whom a call is about. `principal` is absent when there is none of this name: known after the decision only. */
export interface NamedPrincipal extends Acted {
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly principal: Principal | undefined;
}

/** The members of `Principal`, of `p` and `b` in `PRINCIPAL_FROM`. */
export const PRINCIPAL_COLUMNS = `p.id, p.account, p.kind, p.name, p.path, p.user_id AS "userId", p.arn, p.description, p.tags,
  p.trust_policy AS "trustPolicy", p.max_session_seconds AS "maxSessionSeconds", b.arn AS "boundaryArn",
  p.created_at AS "createdAt", p.last_used_at AS "lastUsedAt", p.last_used_region AS "lastUsedRegion"`;
/** Principals as `p`, with the policy that bounds them as `b`. */
export const PRINCIPAL_FROM = 'FROM principal p LEFT JOIN policy b ON b.id = p.boundary';

/** Users, roles and groups of accounts. */
@Injectable()
export class Principals {
  constructor(private readonly database: Database) {}

  /** The one of that name; of users also the caller, where the call names nobody. */
  async named(call: Call, kind: PrincipalKind, given: string | undefined): Promise<NamedPrincipal> {
    const principal = await (given === undefined ? this.byArn(call.caller.arn) : this.find(call.account, kind, given));
    const name = principal?.name ?? given;
    if (name === undefined) {
      throw new ApiError('ValidationException', 'Must specify userName when calling with non-User credentials');
    }
    const arn = principal?.arn ?? principalArn(kind, call.account, '/', name);
    return { kind, name, principal, on: [principal ? resourceOf(principal) : { arn }] };
  }

  /** Names differ by more than upper and lower case. */
  async find(account: string, kind: PrincipalKind, name: string): Promise<Principal | undefined> {
    const [found] = await this.database.named<Principal>(
      'principal_find',
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM} WHERE p.account = $1 AND p.kind = $2 AND lower(p.name) = lower($3)`,
      [account, kind, name],
    );
    return found;
  }

  async byArn(arn: string): Promise<Principal | undefined> {
    const [found] = await this.database.named<Principal>(
      'principal_by_arn',
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM} WHERE p.arn = $1`,
      [arn],
    );
    return found;
  }

  /** By name, those whose path begins so. */
  async list(
    account: string,
    kind: PrincipalKind,
    pathPrefix: string,
    after: string,
    limit: number,
  ): Promise<Principal[]> {
    return this.database.named<Principal>(
      'principal_list',
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM}
        WHERE p.account = $1 AND p.kind = $2 AND starts_with(p.path, $3) AND lower(p.name) > lower($4)
        ORDER BY lower(p.name) LIMIT $5`,
      [account, kind, pathPrefix, after, limit],
    );
  }

  async count(queries: Queries, account: string, kind: PrincipalKind): Promise<number> {
    const [row] = await queries.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM principal WHERE account = $1 AND kind = $2',
      [account, kind],
    );
    return row!.count;
  }

  /** Keeps others from changing it, and what it has, until the transaction ends; undefined when it is gone. */
  async lock(tx: Queries, id: string): Promise<Principal | undefined> {
    const [found] = await tx.query<Principal>(
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM} WHERE p.id = $1 FOR UPDATE OF p`,
      [id],
    );
    return found;
  }

  /** The user whom a change of a group is about; stays as long as the transaction lasts. @throws ApiError NoSuchEntity */
  async lockMember(tx: Queries, call: Call, name: string): Promise<Principal> {
    const found = await this.find(call.account, 'User', name);
    return existing({ kind: 'User', name, principal: found && (await this.lock(tx, found.id)) });
  }

  /** @returns whether the name was free */
  async add(tx: Queries, principal: NewPrincipal): Promise<boolean> {
    const added = await tx.query(
      `INSERT INTO principal (id, account, kind, name, path, user_id, arn, description, tags, trust_policy,
                              max_session_seconds, boundary, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id`,
      [
        principal.id,
        principal.account,
        principal.kind,
        principal.name,
        principal.path,
        principal.userId,
        principal.arn,
        principal.description,
        JSON.stringify(principal.tags),
        principal.trustPolicy,
        principal.maxSessionSeconds,
        principal.boundary,
        principal.createdAt,
      ],
    );
    return added.length === 1;
  }

  /** @returns whether the new name was free */
  async rename(tx: Queries, id: string, to: Pick<Principal, 'name' | 'path' | 'arn'>): Promise<boolean> {
    const [{ taken }] = (await tx.query<{ taken: boolean }>(
      `SELECT EXISTS (SELECT FROM principal p JOIN principal me ON me.id = $1
                       WHERE p.account = me.account AND p.kind = me.kind AND lower(p.name) = lower($2) AND p.id <> $1) AS taken`,
      [id, to.name],
    )) as [{ taken: boolean }];
    if (taken) return false;
    await tx.query('UPDATE principal SET name = $2, path = $3, arn = $4 WHERE id = $1', [id, to.name, to.path, to.arn]);
    return true;
  }

  async setTags(tx: Queries, id: string, tags: Tags): Promise<void> {
    await tx.query('UPDATE principal SET tags = $2 WHERE id = $1', [id, JSON.stringify(tags)]);
  }

  async setBoundary(tx: Queries, id: string, policy: string | null): Promise<void> {
    await tx.query('UPDATE principal SET boundary = $2 WHERE id = $1', [id, policy]);
  }

  async setTrustPolicy(tx: Queries, id: string, document: string): Promise<void> {
    await tx.query('UPDATE principal SET trust_policy = $2 WHERE id = $1', [id, document]);
  }

  async describeRole(
    tx: Queries,
    id: string,
    { description, maxSessionSeconds }: Pick<Principal, 'description' | 'maxSessionSeconds'>,
  ): Promise<void> {
    await tx.query('UPDATE principal SET description = $2, max_session_seconds = $3 WHERE id = $1', [
      id,
      description,
      maxSessionSeconds,
    ]);
  }

  /** Keeps it from being deleted until the transaction ends, and from nothing else. @returns whether it is there */
  async hold(tx: Queries, id: string): Promise<boolean> {
    return (
      (await tx.named('principal_hold', 'SELECT id FROM principal WHERE id = $1 FOR KEY SHARE', [id])).length === 1
    );
  }

  /** When and where it was used last, to the minute: a busy role is not written all the time. */
  async noteUse(tx: Queries, id: string, region: string): Promise<void> {
    await tx.named(
      'principal_note_use',
      `UPDATE principal SET last_used_at = date_trunc('second', clock_timestamp()), last_used_region = $2
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`,
      [id, region],
    );
  }

  /** What keeps it from being deleted. */
  async belongings(tx: Queries, id: string): Promise<Belongings> {
    const [row] = await tx.query<Belongings>(
      `SELECT EXISTS (SELECT FROM attachment WHERE principal = $1) AS attached,
              EXISTS (SELECT FROM inline_policy WHERE principal = $1) AS inline,
              EXISTS (SELECT FROM access_key WHERE principal = $1) AS "accessKeys",
              EXISTS (SELECT FROM membership WHERE member = $1) AS "inGroups",
              EXISTS (SELECT FROM membership WHERE in_group = $1) AS members`,
      [id],
    );
    return row!;
  }

  async remove(tx: Queries, id: string): Promise<void> {
    await tx.query('DELETE FROM principal WHERE id = $1', [id]);
  }
}

/** Which things a user, role or group still has. */
export interface Belongings {
  readonly attached: boolean;
  readonly inline: boolean;
  readonly accessKeys: boolean;
  readonly inGroups: boolean;
  readonly members: boolean;
}

/** What a decision is told of it: `iam:ResourceTag/…` from its tags, and what bounds it. */
export function resourceOf(principal: Pick<Principal, 'arn' | 'tags' | 'boundaryArn'>): Resource {
  const { arn, tags, boundaryArn } = principal;
  return { arn, tags, ...(boundaryArn && { context: { 'iam:PermissionsBoundary': boundaryArn } }) };
}

/** It, or AWS's answer for one that is not there. */
export function existing({ kind, name, principal }: Omit<NamedPrincipal, 'on'>): Principal {
  if (principal) return principal;
  throw new ApiError('NoSuchEntityException', `The ${kind.toLowerCase()} with name ${name} cannot be found.`);
}
