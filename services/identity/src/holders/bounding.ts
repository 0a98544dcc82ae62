import type { Call } from '@muster/bus';
import { Injectable } from '@nestjs/common';

import { boundaryChanged } from '../events.js';
import type { PrincipalKind } from '../domain/principal-arn.js';
import { Changes } from '../store/changes.js';
import { ManagedPolicies } from '../store/managed-policies.js';
import { type NamedPrincipal, Principals } from '../store/principals.js';
import { withContext } from './with-context.js';

/** What users and roles may at most: the same for both. */
@Injectable()
export class Bounding {
  constructor(
    private readonly principals: Principals,
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  /** On whom it acts; policies may say by which boundary only (`iam:PermissionsBoundary`: the one that is asked for). */
  async named(call: Call, kind: PrincipalKind, name: string, policyArn: string): Promise<NamedPrincipal> {
    return withContext(await this.principals.named(call, kind, name), { 'iam:PermissionsBoundary': policyArn });
  }

  async put(call: Call, named: NamedPrincipal, policyArn: string): Promise<object> {
    return this.changes.of(call, named, async (tx, principal) => {
      const policy = await this.policies.attachable(tx, call.account, policyArn);
      await this.principals.setBoundary(tx, principal.id, policy.id);
      const { arn, kind, name } = principal;
      tx.announce(boundaryChanged(call, arn, { kind, name, policyArn }));
      return {};
    });
  }

  async remove(call: Call, named: NamedPrincipal): Promise<object> {
    return this.changes.of(call, named, async (tx, principal) => {
      await this.principals.setBoundary(tx, principal.id, null);
      const { arn, kind, name } = principal;
      tx.announce(boundaryChanged(call, arn, { kind, name }));
      return {};
    });
  }
}
