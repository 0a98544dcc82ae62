import type { CreatePolicyRequest, CreatePolicyResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { withTags } from '../../domain/changed-tags.js';
import { overQuota } from '../../domain/over-quota.js';
import { policyShape } from '../../domain/policy-shape.js';
import { checkPolicy, demandSize } from '../../domain/policy-text.js';
import { policyArn } from '../../domain/principal-arn.js';
import { requestTags } from '@muster/iam';
import { policyCreated } from '../../events.js';
import { Accounts } from '../../store/accounts.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies } from '../../store/managed-policies.js';

@Operation('iam', 'CreatePolicy')
export class CreatePolicy implements Handles<CreatePolicyRequest, Acted, CreatePolicyResponse> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly accounts: Accounts,
    private readonly changes: Changes,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(input: Valid<CreatePolicyRequest>, call: Call): Acted {
    const arn = policyArn(call.account, input.Path ?? '/', input.PolicyName);
    const context = requestTags(input.Tags ?? []);
    const tagged = input.Tags?.length ? [{ arn, action: 'iam:TagPolicy', context }] : [];
    return { on: [{ arn, context }, ...tagged] };
  }

  async handle(input: Valid<CreatePolicyRequest>, _loaded: Acted, call: Call) {
    const { PolicyName: name, PolicyDocument: document, Path: path = '/', Description: description = '' } = input;
    checkPolicy(document);
    demandSize(document, 'PolicySize', this.config.managedPolicyBytes);
    const tags = withTags({}, input.Tags ?? []);
    return this.changes.commit(call, async (tx) => {
      await this.accounts.lock(tx, call.account);
      const policy = { ...this.policies.newPolicy(call.account, path, name, document), description, tags };
      if (!(await this.policies.add(tx, policy))) {
        const message = `A policy called ${name} already exists. Duplicate names are not allowed.`;
        throw new ApiError('EntityAlreadyExistsException', message);
      }
      const { policiesPerAccount } = this.config;
      if ((await this.policies.count(tx, call.account)) > policiesPerAccount) {
        throw overQuota('PoliciesPerAccount', policiesPerAccount);
      }
      tx.announce(policyCreated(call, policy.arn, { policyName: name }));
      const nobodyYet = { updatedAt: policy.createdAt, defaultVersion: 1, attachments: 0, bounds: 0 };
      return { Policy: policyShape({ ...policy, ...nobodyYet }) };
    });
  }
}
