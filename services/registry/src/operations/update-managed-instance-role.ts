import type { UpdateManagedInstanceRoleRequest, UpdateManagedInstanceRoleResult } from '@aws-sdk/client-ssm';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { noSuchNode } from '../domain/no-such-node.js';
import { nodeArn } from '../domain/node-arn.js';
import { nodeRoleChanged } from '../events.js';
import { type NamedNode, Nodes } from '../store/nodes.js';

@Operation('ssm', 'UpdateManagedInstanceRole')
export class UpdateManagedInstanceRole implements Handles<
  UpdateManagedInstanceRoleRequest,
  NamedNode,
  UpdateManagedInstanceRoleResult
> {
  constructor(
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<UpdateManagedInstanceRoleRequest>, call: Call) {
    return this.nodes.named(call, input.InstanceId);
  }

  async handle({ IamRole: iamRole }: Valid<UpdateManagedInstanceRoleRequest>, { nodeId }: NamedNode, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.nodes.setRole(tx, call, nodeId, iamRole))) throw noSuchNode(nodeId);
      tx.announce(nodeRoleChanged(call, nodeArn(call, nodeId), { nodeId, iamRole }));
      return {};
    });
  }
}
