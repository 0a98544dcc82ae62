import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Ids, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { actedParameter } from '../domain/acted-parameter.js';
import type { Reference } from '../domain/reference.js';
import { type KeptPolicy, checkResourcePolicy, policyHash } from '../domain/resource-policies.js';
import { knownPolicy, refuseTooMuch } from '../domain/resource-policy-rules.js';
import { resourceNotFound, shareableReference } from '../domain/shareable-reference.js';
import { resourcePolicyChanged } from '../events.js';
import { Parameters } from '../store/parameters.js';
import { SharedParameters } from '../store/shared-parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
}

@Operation('ssm', 'PutResourcePolicy')
export class PutResourcePolicy implements Handles<PutResourcePolicyRequest, Loaded, PutResourcePolicyResponse> {
  constructor(
    private readonly parameters: Parameters,
    private readonly shared: SharedParameters,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<PutResourcePolicyRequest>, call: Call): Promise<Loaded> {
    const reference = shareableReference(input.ResourceArn, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [actedParameter(reference, found)], reference };
  }

  async handle(input: Valid<PutResourcePolicyRequest>, { reference }: Loaded, call: Call) {
    refuseTooMuch('Size', Buffer.byteLength(input.Policy), this.config.resourcePolicyBytes);
    checkResourcePolicy(input.Policy, reference.arn);

    return this.work.commit(call, async (tx): Promise<PutResourcePolicyResponse> => {
      const there = await this.shared.lock(tx, call, reference.path);
      if (!there) throw resourceNotFound(reference.arn);
      if (there.standard) {
        throw new ApiError(
          'ResourcePolicyInvalidParameterException',
          `Parameter ${there.name} is of the standard-parameter tier. Only advanced parameters can be shared: change its tier.`,
          { fields: { ParameterNames: ['ResourceArn'] } },
        );
      }
      const policy = this.policyFor(input, there.policies);
      const others = there.policies.filter(({ id }) => id !== policy.id);
      refuseTooMuch('Count', others.length + 1, this.config.resourcePoliciesPerParameter);
      await this.shared.setPolicies(tx, call, there.id, [...others, policy]);
      const data = { name: there.name, policyId: policy.id, operation: 'Put' as const };
      tx.announce(resourcePolicyChanged(call, reference.arn, data));
      return { PolicyId: policy.id, PolicyHash: policy.hash };
    });
  }

  private policyFor({ PolicyId, PolicyHash, Policy }: Valid<PutResourcePolicyRequest>, present: readonly KeptPolicy[]) {
    const hash = policyHash(Policy);
    if (PolicyId === undefined && PolicyHash === undefined) return { id: this.ids.uuid(), hash, text: Policy };
    return { id: knownPolicy(present, PolicyId, PolicyHash).id, hash, text: Policy };
  }
}
