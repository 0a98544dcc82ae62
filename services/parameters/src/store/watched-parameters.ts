import type { ParameterType } from '@aws-sdk/client-ssm';
import type { PolicyDocument } from '@muster/iam';
import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import { type KeptPolicy, policyOf } from '../domain/resource-policies.js';

/** Which parameter something happened to. */
export interface WatchedPlace extends Scope {
  readonly path: string;
}

/** A parameter as it is when its change is pushed. */
export interface WatchedParameter {
  readonly tags: Record<string, string>;
  readonly number: number;
  readonly type: ParameterType;
  /** Sealed, when it is a SecureString. */
  readonly value: string;
  readonly keyId: string | null;
  /** What its owner allows to others. */
  readonly policy: PolicyDocument | undefined;
}

/** What is known of a place now: there may be a parameter, and one may have been there. */
export interface WatchedState {
  readonly now: WatchedParameter | undefined;
  readonly goneTags: Record<string, string>;
}

interface Row {
  readonly place: number;
  readonly tags: Record<string, string> | null;
  readonly number: number;
  readonly type: ParameterType;
  readonly value: string;
  readonly keyId: string | null;
  readonly resourcePolicies: readonly KeptPolicy[] | null;
  readonly goneTags: Record<string, string> | null;
}

/** What decisions on pushes rest on. */
@Injectable()
export class WatchedParameters {
  /** In the order of the places. */
  async statesOf(queries: Queries, places: readonly WatchedPlace[]): Promise<WatchedState[]> {
    const rows = await queries.named<Row>(
      'parameter.watched',
      `SELECT ask.place, p.tags, v.number, v.type, v.value, v.key_id AS "keyId",
              p.resource_policies AS "resourcePolicies", g.tags AS "goneTags"
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS ask (account, region, path, place)
       LEFT JOIN parameter p ON p.account = ask.account AND p.region = ask.region AND p.path = ask.path COLLATE "C"
       LEFT JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       LEFT JOIN gone_parameter g
         ON g.account = ask.account AND g.region = ask.region AND g.path = ask.path COLLATE "C"
       ORDER BY ask.place`,
      [places.map((each) => each.account), places.map((each) => each.region), places.map((each) => each.path)],
    );
    return rows.map(({ tags, number, type, value, keyId, resourcePolicies: kept, goneTags }) => ({
      now:
        tags === null
          ? undefined
          : { tags, number: Number(number), type, value, keyId, policy: kept ? policyOf(kept) : undefined },
      goneTags: goneTags ?? {},
    }));
  }
}
