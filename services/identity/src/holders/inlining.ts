import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from '../config.js';
import { checkPolicy, encodedDocument, policySize } from '../domain/policy-text.js';
import type { PrincipalKind } from '../domain/principal-arn.js';
import { inlinePolicyChanged } from '../events.js';
import { type Asked, page } from '../page.js';
import { Changes } from '../store/changes.js';
import { InlinePolicies, type InlinePolicy } from '../store/inline-policies.js';
import { type NamedPrincipal, type Principal, existing } from '../store/principals.js';

/** Policies that belong to one user, role or group alone: the same for all three. */
@Injectable()
export class Inlining {
  constructor(
    private readonly policies: InlinePolicies,
    private readonly changes: Changes,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  async put(call: Call, named: NamedPrincipal, policy: InlinePolicy): Promise<object> {
    checkPolicy(policy.document);
    return this.changes.of(call, named, async (tx, holder) => {
      await this.policies.put(tx, holder.id, policy);
      this.demandRoom(holder, await this.policies.all(tx, holder.id));
      tx.announce(changed(call, holder, policy.name, 'put'));
      return {};
    });
  }

  /** @returns its text, as answers carry it */
  async document(named: NamedPrincipal, policyName: string): Promise<string> {
    const holder = existing(named);
    const found = await this.policies.find(holder.id, policyName);
    if (!found) throw noSuchPolicy(holder.kind, policyName);
    return encodedDocument(found.document);
  }

  async remove(call: Call, named: NamedPrincipal, policyName: string): Promise<object> {
    return this.changes.of(call, named, async (tx, holder) => {
      if (!(await this.policies.remove(tx, holder.id, policyName))) throw noSuchPolicy(holder.kind, policyName);
      tx.announce(changed(call, holder, policyName, 'deleted'));
      return {};
    });
  }

  async list(call: Call, named: NamedPrincipal, asked: Asked) {
    const holder = existing(named);
    const { items, ...rest } = await page(call, asked, {
      filters: { holder: holder.id },
      read: (after, limit) => this.policies.list(holder.id, after, limit),
      keyOf: (policy) => policy.name,
    });
    return { PolicyNames: items.map((policy) => policy.name), ...rest };
  }

  private demandRoom(holder: Principal, policies: readonly InlinePolicy[]): void {
    const { userPolicyBytes, rolePolicyBytes, groupPolicyBytes } = this.config;
    const limit = { User: userPolicyBytes, Role: rolePolicyBytes, Group: groupPolicyBytes }[holder.kind];
    const size = policies.reduce((sum, { document }) => sum + policySize(document), 0);
    if (size <= limit) return;
    const whose = `${holder.kind.toLowerCase()} ${holder.name}`;
    throw new ApiError('LimitExceededException', `Maximum policy size of ${limit} bytes exceeded for ${whose}`);
  }
}

function changed(call: Call, { arn, kind, name }: Principal, policyName: string, change: 'put' | 'deleted') {
  return inlinePolicyChanged(call, arn, { kind, name, policyName, change });
}

function noSuchPolicy(kind: PrincipalKind, name: string): ApiError {
  const what = `The ${kind.toLowerCase()} policy with name ${name}`;
  return new ApiError('NoSuchEntityException', `${what} cannot be found.`);
}
