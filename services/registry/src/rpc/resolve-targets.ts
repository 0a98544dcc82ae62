import { ApiError } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { Registry, type ResolveTargetsRequest, type TagCondition } from '@muster/contracts';

import { nodeArn } from '../domain/node-arn.js';
import type { NodeCondition } from '../domain/node-filters.js';
import { NodeSearch } from '../store/node-search.js';

const LARGEST_PAGE = 1000;

/** Managed nodes by id or by tags, page by page: whoever runs something on them asks here. */
@Rpc(Registry.method.resolveTargets)
export class ResolveTargets implements HandlesRpc<typeof Registry.method.resolveTargets> {
  constructor(private readonly nodes: NodeSearch) {}

  async handle(request: ResolveTargetsRequest) {
    const conditions = conditionsOf(request);
    const limit = Math.min(request.limit || LARGEST_PAGE, LARGEST_PAGE);
    const found = await this.nodes.page(request, conditions, request.after, limit + 1);
    return {
      more: found.length > limit,
      nodes: found.slice(0, limit).map((node) => ({
        nodeId: node.id,
        arn: nodeArn(request, node.id),
        computerName: node.computerName ?? '',
        tags: { ...node.tags },
        platformType: node.platformType ?? '',
        plugins: node.plugins,
      })),
    };
  }
}

function conditionsOf({ nodeIds, tags }: ResolveTargetsRequest): NodeCondition[] {
  if (nodeIds.length > 0 === tags.length > 0) {
    throw new ApiError('ValidationException', 'Targets are either node ids or conditions on tags.');
  }
  return nodeIds.length > 0 ? [{ kind: 'column', column: 'id', values: nodeIds }] : tags.map(tagCondition);
}

function tagCondition({ key, values }: TagCondition): NodeCondition {
  return values.length > 0 ? { kind: 'tag', key, values } : { kind: 'tag-key', keys: [key] };
}
