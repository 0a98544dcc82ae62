import type { UpdateManagedInstanceRoleRequest, UpdateManagedInstanceRoleResult } from '@aws-sdk/client-ssm';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { noSuchNode } from '../domain/no-such-node.js';
import { nodeArn } from '../domain/node-arn.js';
import { passRole } from '../domain/pass-role.js';
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

  async load(input: Valid<UpdateManagedInstanceRoleRequest>, call: Call) {
    const named = await this.nodes.named(call, input.InstanceId);
    return { ...named, on: [...named.on, passRole(call.account, input.IamRole)] };
  }

  async handle({ IamRole: iamRole }: Valid<UpdateManagedInstanceRoleRequest>, { nodeId }: NamedNode, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.nodes.setRole(tx, call, nodeId, iamRole))) throw noSuchNode(nodeId);
      tx.announce(nodeRoleChanged(call, nodeArn(call, nodeId), { nodeId, iamRole }));
      return {};
    });
  }
}
