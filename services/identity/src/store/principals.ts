import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call } from '@muster/bus';
import type { Resource } from '@muster/iam';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

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
  readonly tags: Readonly<Record<string, string>>;
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

const COLUMNS = `p.id, p.account, p.kind, p.name, p.path, p.user_id AS "userId", p.arn, p.description, p.tags,
  p.trust_policy AS "trustPolicy", p.max_session_seconds AS "maxSessionSeconds", b.arn AS "boundaryArn",
  p.created_at AS "createdAt", p.last_used_at AS "lastUsedAt", p.last_used_region AS "lastUsedRegion"`;
const FROM = 'FROM principal p LEFT JOIN policy b ON b.id = p.boundary';

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
      `SELECT ${COLUMNS} ${FROM} WHERE p.account = $1 AND p.kind = $2 AND lower(p.name) = lower($3)`,
      [account, kind, name],
    );
    return found;
  }

  async byArn(arn: string): Promise<Principal | undefined> {
    const [found] = await this.database.named<Principal>(
      'principal_by_arn',
      `SELECT ${COLUMNS} ${FROM} WHERE p.arn = $1`,
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
      `SELECT ${COLUMNS} ${FROM}
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
    const [found] = await tx.query<Principal>(`SELECT ${COLUMNS} ${FROM} WHERE p.id = $1 FOR UPDATE OF p`, [id]);
    return found;
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
