import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from '../config.js';
import { overQuota } from '../domain/over-quota.js';
import type { PrincipalKind } from '../domain/principal-arn.js';
import { attachmentChanged } from '../events.js';
import { type Asked, page } from '../page.js';
import { Attachments } from '../store/attachments.js';
import { Changes } from '../store/changes.js';
import { ManagedPolicies } from '../store/managed-policies.js';
import { type NamedPrincipal, Principals, existing } from '../store/principals.js';
import { withContext } from './with-context.js';

const QUOTAS = { User: 'PoliciesPerUser', Role: 'PoliciesPerRole', Group: 'PoliciesPerGroup' };

/** Managed policies and whom they are attached to: the same for users, roles and groups. */
@Injectable()
export class Attaching {
  constructor(
    private readonly principals: Principals,
    private readonly policies: ManagedPolicies,
    private readonly attachments: Attachments,
    private readonly changes: Changes,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  /** On whom it acts; a policy may say which policies somebody may attach (`iam:PolicyARN`). */
  async named(call: Call, kind: PrincipalKind, name: string, policyArn: string): Promise<NamedPrincipal> {
    return withContext(await this.principals.named(call, kind, name), { 'iam:PolicyARN': policyArn });
  }

  async attach(call: Call, named: NamedPrincipal, policyArn: string): Promise<object> {
    return this.changes.of(call, named, async (tx, holder) => {
      await this.policies.attachable(tx, call.account, policyArn);
      if (await this.attachments.add(tx, holder.id, policyArn)) {
        const limit = this.config.policiesPerPrincipal;
        if ((await this.attachments.count(tx, holder.id)) > limit) throw overQuota(QUOTAS[holder.kind], limit);
        const { kind, name } = holder;
        tx.announce(attachmentChanged(call, holder.arn, { kind, name, policyArn, change: 'attached' }));
      }
      return {};
    });
  }

  async detach(call: Call, named: NamedPrincipal, policyArn: string): Promise<object> {
    return this.changes.of(call, named, async (tx, holder) => {
      if (!(await this.attachments.remove(tx, holder.id, policyArn))) {
        throw new ApiError('NoSuchEntityException', `Policy ${policyArn} was not found.`);
      }
      const { kind, name } = holder;
      tx.announce(attachmentChanged(call, holder.arn, { kind, name, policyArn, change: 'detached' }));
      return {};
    });
  }

  async list(call: Call, named: NamedPrincipal, asked: Asked & { readonly PathPrefix?: string | undefined }) {
    const holder = existing(named);
    const pathPrefix = asked.PathPrefix ?? '/';
    const { items, ...rest } = await page(call, asked, {
      filters: { holder: holder.id, pathPrefix },
      read: (after, limit) => this.attachments.list(holder.id, pathPrefix, after, limit),
      keyOf: (policy) => policy.arn,
    });
    return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...rest };
  }
}
