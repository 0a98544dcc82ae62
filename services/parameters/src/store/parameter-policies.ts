import type { ParameterType } from '@aws-sdk/client-ssm';
import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { PolicyType, ScheduledPolicy } from '../domain/parameter-policies.js';

/** A policy whose time has come, with the parameter that it is of. */
export interface DuePolicy {
  readonly parameterId: string;
  readonly number: number;
  readonly place: number;
  readonly type: PolicyType;
  readonly text: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly path: string;
  readonly parameterType: ParameterType;
  readonly description: string | null;
}

/** As `json` of a version `v`: its policies, in the order given. */
export const POLICIES = `coalesce((SELECT json_agg(json_build_object('type', pp.type, 'text', pp.text, 'status', pp.status,
    'dueAt', pp.due_at) ORDER BY pp.place)
  FROM parameter_policy pp WHERE pp.parameter_id = v.parameter_id AND pp.number = v.number), '[]')`;

/** Policies of parameters, in a transaction. */
@Injectable()
export class ParameterPolicies {
  /** Gives a new version its policies; those of the versions before act no more. */
  async give(tx: Tx, parameterId: string, number: number, policies: readonly ScheduledPolicy[]): Promise<void> {
    await tx.named(
      'policy.give',
      `WITH superseded AS (
         UPDATE parameter_policy SET superseded = true WHERE parameter_id = $1 AND number < $2 AND NOT superseded
       )
       INSERT INTO parameter_policy (parameter_id, number, place, type, text, status, due_at)
       SELECT $1, $2, place, type, text, status, due_at
       FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) WITH ORDINALITY
         AS policy (type, text, status, due_at, place)`,
      [
        parameterId,
        number,
        policies.map((each) => each.type),
        policies.map((each) => each.text),
        policies.map((each) => each.status),
        policies.map((each) => each.dueAt),
      ],
    );
  }

  /**
   * Policies whose time has come, the longest due first, locked with their parameters. Those of parameters that are being
   * changed are left out: either they are superseded then, or found the next time.
   */
  async due(tx: Tx, now: Date, most: number): Promise<DuePolicy[]> {
    return tx.named<DuePolicy>(
      'policy.due',
      `SELECT pp.parameter_id AS "parameterId", pp.number, pp.place, pp.type, pp.text, p.account, p.region, p.name, p.path,
              v.type AS "parameterType", v.description
       FROM parameter_policy pp
       JOIN parameter p ON p.id = pp.parameter_id
       JOIN parameter_version v ON v.parameter_id = pp.parameter_id AND v.number = pp.number
       WHERE pp.status = 'Pending' AND NOT pp.superseded AND pp.due_at <= $1
       ORDER BY pp.due_at LIMIT $2
       FOR UPDATE OF p, pp SKIP LOCKED`,
      [now, most],
    );
  }

  /** They have acted. */
  async finish(tx: Tx, policies: readonly DuePolicy[]): Promise<void> {
    await tx.named(
      'policy.finish',
      `UPDATE parameter_policy pp SET status = 'Finished'
       FROM unnest($1::uuid[], $2::bigint[], $3::smallint[]) AS done (parameter_id, number, place)
       WHERE pp.parameter_id = done.parameter_id AND pp.number = done.number AND pp.place = done.place`,
      [
        policies.map((each) => each.parameterId),
        policies.map((each) => each.number),
        policies.map((each) => each.place),
      ],
    );
  }

  /** Their parameters are over. */
  async expire(tx: Tx, policies: readonly DuePolicy[]): Promise<void> {
    await tx.named(
      'policy.expire',
      // Who may hear of it is decided on the tags that it had.
      `WITH gone AS (DELETE FROM parameter WHERE id = ANY ($1::uuid[]) RETURNING account, region, path, tags)
       INSERT INTO gone_parameter (account, region, path, tags, gone_at)
       SELECT account, region, path, tags, clock_timestamp() FROM gone
       ON CONFLICT (account, region, path) DO UPDATE SET tags = excluded.tags, gone_at = excluded.gone_at`,
      [policies.map((each) => each.parameterId)],
    );
  }
}
