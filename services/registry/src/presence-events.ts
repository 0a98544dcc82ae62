import { type Announcement, type EventScope, nodeCloned, nodeConnected } from '@muster/contracts';

import { nodeArn } from './domain/node-arn.js';
import type { Judgement } from './domain/presence.js';

/** What has happened to a node, as events. */
export function presenceEvents(scope: EventScope, judgement: Judgement, clockSkewMs?: number): Announcement[] {
  if (judgement.kind === 'alive' && judgement.came) {
    const { nodeId, epoch } = judgement.presence;
    const data = { nodeId, epoch: epoch!, ...(clockSkewMs !== undefined && { clockSkewMs }) };
    return [nodeConnected(scope, nodeArn(scope, nodeId), data)];
  }
  if (judgement.kind === 'cloned') {
    const { nodeId } = judgement.presence;
    return [nodeCloned(scope, nodeArn(scope, nodeId), { nodeId, fingerprints: judgement.fingerprints })];
  }
  return [];
}
