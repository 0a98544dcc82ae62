import type { DeleteActivationRequest, DeleteActivationResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { activationArn } from '../domain/node-arn.js';
import { activationDeleted } from '../events.js';
import { Activations } from '../store/activations.js';

/** Nodes that registered with it stay. */
@Operation('ssm', 'DeleteActivation')
export class DeleteActivation implements Handles<DeleteActivationRequest, Acted, DeleteActivationResult> {
  constructor(
    private readonly activations: Activations,
    private readonly work: UnitOfWork,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<DeleteActivationRequest>, _loaded: Acted, call: Call) {
    const id = input.ActivationId;
    return this.work.commit(call, async (tx) => {
      if (!(await this.activations.remove(tx, call, id))) {
        const message = `There is no activation ${id}. List them with DescribeActivations.`;
        throw new ApiError('InvalidActivationId', message);
      }
      tx.announce(activationDeleted(call, activationArn(call, id), { activationId: id }));
      return {};
    });
  }
}
