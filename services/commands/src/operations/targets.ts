import { ApiError } from '@muster/aws-protocol';
import { Bus, type Call } from '@muster/bus';
import { Registry, type TargetNode } from '@muster/contracts';
import { Injectable } from '@nestjs/common';

import { hasTags, type TargetSelection } from '../domain/target-selection.js';

const PAGE = 1_000;
const DEADLINE_MS = 10_000;

/** Managed nodes that a selection means, as the registry knows them now. */
@Injectable()
export class Targets {
  constructor(private readonly bus: Bus) {}

  /** By node id, in pages, none of them empty. @throws ApiError InvalidInstanceId when a named node is not registered */
  async *pages(selection: TargetSelection, call: Call): AsyncGenerator<TargetNode[]> {
    const missing = new Set(selection.nodeIds);
    let after = '';
    for (let more = true; more;) {
      const answer = await this.bus.rpc(
        Registry.method.resolveTargets,
        {
          account: call.account,
          region: call.region,
          // Either ids or tags: with both, the tags of the named nodes are looked at here.
          ...(selection.nodeIds
            ? { nodeIds: [...selection.nodeIds] }
            : { tags: selection.tags.map(({ key, values }) => ({ key, values: [...values] })) }),
          after,
          limit: PAGE,
        },
        { deadlineMs: DEADLINE_MS, signal: call.signal },
      );
      const { nodes } = answer;
      for (const { nodeId } of nodes) missing.delete(nodeId);
      more = answer.more && nodes.length > 0;
      if (!more && missing.size > 0) throw notRegistered([...missing], call);
      after = nodes.at(-1)?.nodeId ?? after;
      const meant = nodes.filter(({ tags }) => hasTags(tags, selection.tags));
      if (meant.length > 0) yield meant;
    }
  }
}

/** In AWS's words: clients look for them. */
function notRegistered(nodeIds: readonly string[], call: Call): ApiError {
  const ids = nodeIds.join(', ');
  return new ApiError('InvalidInstanceId', `Instances [[${ids}]] not in a valid state for account ${call.account}`);
}
