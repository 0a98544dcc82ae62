import type { DeleteResourcePolicyRequest, DeleteResourcePolicyResponse } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { actedParameter } from '../domain/acted-parameter.js';
import type { Reference } from '../domain/reference.js';
import { knownPolicy } from '../domain/resource-policy-rules.js';
import { resourceNotFound, shareableReference } from '../domain/shareable-reference.js';
import { resourcePolicyChanged } from '../events.js';
import { Parameters } from '../store/parameters.js';
import { SharedParameters } from '../store/shared-parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
}

@Operation('ssm', 'DeleteResourcePolicy')
export class DeleteResourcePolicy implements Handles<
  DeleteResourcePolicyRequest,
  Loaded,
  DeleteResourcePolicyResponse
> {
  constructor(
    private readonly parameters: Parameters,
    private readonly shared: SharedParameters,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<DeleteResourcePolicyRequest>, call: Call): Promise<Loaded> {
    const reference = shareableReference(input.ResourceArn, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [actedParameter(reference, found)], reference };
  }

  async handle(input: Valid<DeleteResourcePolicyRequest>, { reference }: Loaded, call: Call) {
    return this.work.commit(call, async (tx) => {
      const there = await this.shared.lock(tx, call, reference.path);
      if (!there) throw resourceNotFound(reference.arn);
      const { id: policyId } = knownPolicy(there.policies, input.PolicyId, input.PolicyHash);
      const left = there.policies.filter(({ id }) => id !== policyId);
      await this.shared.setPolicies(tx, call, there.id, left);
      const data = { name: there.name, policyId, operation: 'Delete' as const };
      tx.announce(resourcePolicyChanged(call, reference.arn, data));
      return {};
    });
  }
}
