import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { page } from '../../page.js';
import { Attachments } from '../../store/attachments.js';
import { ManagedPolicies, type NamedPolicy, existingPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'ListEntitiesForPolicy')
export class ListEntitiesForPolicy implements Handles<
  ListEntitiesForPolicyRequest,
  NamedPolicy,
  ListEntitiesForPolicyResponse
> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly attachments: Attachments,
  ) {}

  load(input: Valid<ListEntitiesForPolicyRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  async handle(input: Valid<ListEntitiesForPolicyRequest>, named: NamedPolicy, call: Call) {
    const policy = existingPolicy(named);
    const { EntityFilter: kind, PolicyUsageFilter: usage, PathPrefix: pathPrefix = '/' } = input;
    // The other words of EntityFilter are kinds of policies, which no policy is attached to.
    const filter = { kind: kind as 'User' | undefined, pathPrefix, usage };
    const { items, ...rest } = await page(call, input, {
      filters: { policy: policy.id, ...filter },
      read: (after, limit) => this.attachments.entities(call.account, policy.id, filter, after, limit),
      keyOf: ({ key }) => key,
    });
    const of = (which: string) => items.filter((each) => each.kind === which);
    return {
      PolicyGroups: of('Group').map(({ name, userId }) => ({ GroupName: name, GroupId: userId })),
      PolicyUsers: of('User').map(({ name, userId }) => ({ UserName: name, UserId: userId })),
      PolicyRoles: of('Role').map(({ name, userId }) => ({ RoleName: name, RoleId: userId })),
      ...rest,
    };
  }
}
