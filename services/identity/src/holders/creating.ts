import type { Tag } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, Ids, type Tx } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from '../config.js';
import { withTags } from '../domain/changed-tags.js';
import { newUniqueId } from '../domain/new-credentials.js';
import { overQuota } from '../domain/over-quota.js';
import { type PrincipalKind, principalArn } from '../domain/principal-arn.js';
import { requestTags } from '@muster/iam';
import { Accounts } from '../store/accounts.js';
import { Changes } from '../store/changes.js';
import { ManagedPolicies } from '../store/managed-policies.js';
import { type Principal, Principals } from '../store/principals.js';

/** What somebody wants to have made. */
export interface Wanted {
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly path?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** ARN of the policy. */
  readonly boundary?: string | undefined;
  /** Of a role. */
  readonly role?: {
    readonly trustPolicy: string;
    readonly maxSessionSeconds: number;
    readonly description: string;
  };
}

/** Making users, roles and groups: what is the same for all three. */
@Injectable()
export class Creating {
  constructor(
    private readonly principals: Principals,
    private readonly policies: ManagedPolicies,
    private readonly accounts: Accounts,
    private readonly changes: Changes,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  /** On what it acts, with what the request brings as condition keys. */
  acted(call: Call, { kind, name, path, tags, boundary }: Wanted): Acted {
    const arn = principalArn(kind, call.account, path ?? '/', name);
    const asked = requestTags(tags ?? []);
    const context = {
      ...asked,
      ...(boundary !== undefined && { 'iam:PermissionsBoundary': boundary }),
    };
    // As AWS: who may not tag makes nothing that is tagged. Policies are decided by the tags of who asks.
    const tagged = tags?.length ? [{ arn, action: `iam:Tag${kind}`, context: asked }] : [];
    return { on: [{ arn, context }, ...tagged] };
  }

  /** @param answer announces it and says what the caller hears */
  async create<T extends object>(call: Call, wanted: Wanted, answer: (tx: Tx, made: Principal) => T): Promise<T> {
    const { kind, name, role } = wanted;
    const path = wanted.path ?? '/';
    const tags = withTags({}, wanted.tags ?? []);
    return this.changes.commit(call, async (tx) => {
      await this.accounts.lock(tx, call.account);
      const bounding =
        wanted.boundary === undefined ? undefined : await this.policies.attachable(tx, call.account, wanted.boundary);
      const made = {
        id: this.ids.uuid(),
        account: call.account,
        kind,
        name,
        path,
        userId: newUniqueId((bytes) => this.ids.random(bytes), kind),
        arn: principalArn(kind, call.account, path, name),
        description: role?.description ?? '',
        tags,
        trustPolicy: role?.trustPolicy ?? null,
        maxSessionSeconds: role?.maxSessionSeconds ?? null,
        createdAt: this.clock.now(),
      };
      if (!(await this.principals.add(tx, { ...made, boundary: bounding?.id ?? null }))) {
        throw new ApiError('EntityAlreadyExistsException', `${kind} with name ${name} already exists.`);
      }
      await this.demandRoom(tx, call.account, kind);
      return answer(tx, {
        ...made,
        boundaryArn: wanted.boundary ?? null,
        lastUsedAt: null,
        lastUsedRegion: null,
      });
    });
  }

  private async demandRoom(tx: Tx, account: string, kind: PrincipalKind): Promise<void> {
    const { usersPerAccount, rolesPerAccount, groupsPerAccount } = this.config;
    const limit = { User: usersPerAccount, Role: rolesPerAccount, Group: groupsPerAccount }[kind];
    if ((await this.principals.count(tx, account, kind)) > limit) throw overQuota(`${kind}sPerAccount`, limit);
  }
}
