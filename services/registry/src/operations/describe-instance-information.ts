import type {
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { nodeConditions } from '../domain/node-filters.js';
import { type FoundNode, NodeSearch } from '../store/node-search.js';

@Operation('ssm', 'DescribeInstanceInformation')
export class DescribeInstanceInformation implements Handles<
  DescribeInstanceInformationRequest,
  Acted,
  DescribeInstanceInformationResult
> {
  constructor(private readonly nodes: NodeSearch) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<DescribeInstanceInformationRequest>, _loaded: Acted, call: Call) {
    const conditions = nodeConditions(input);
    const after = positionOf<string>(call, conditions, input.NextToken) ?? '';
    const limit = input.MaxResults ?? 10;
    const found = await this.nodes.page(call, conditions, after, limit + 1);
    const page = found.slice(0, limit);
    return {
      InstanceInformationList: page.map(shapeOf),
      ...(found.length > limit && { NextToken: nextToken(call, conditions, page.at(-1)!.id) }),
    };
  }
}

function shapeOf(node: FoundNode): InstanceInformation {
  return {
    InstanceId: node.id,
    PingStatus: node.pingStatus,
    LastPingDateTime: node.lastSeenAt ?? undefined,
    AgentVersion: node.agentVersion ?? undefined,
    PlatformType: (node.platformType as InstanceInformation['PlatformType'] | null) ?? undefined,
    PlatformName: node.platformName ?? undefined,
    PlatformVersion: node.platformVersion ?? undefined,
    ActivationId: node.activation,
    IamRole: node.iamRole,
    RegistrationDate: node.registeredAt,
    ResourceType: 'ManagedInstance',
    Name: node.name ?? undefined,
    IPAddress: node.ipAddress ?? undefined,
    ComputerName: node.computerName ?? undefined,
  };
}
