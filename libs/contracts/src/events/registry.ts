import { defineEvent } from '../cloud-event.js';

/** A node was enrolled with an activation. Announced once, also when the enrolment was repeated. */
export const nodeRegistered = defineEvent<{
  nodeId: string;
  activationId: string;
  computerName?: string;
}>('registry', 'node-registered');

/** A node said hello and was granted a new epoch, or was heard again after it counted as lost: it can be reached. */
export const nodeConnected = defineEvent<{
  nodeId: string;
  epoch: string;
  /** Positive when the node's clock is ahead; measured by a hello. */
  clockSkewMs?: number;
}>('registry', 'node-connected');

/** A node's heartbeats stopped, or its connection ended. */
export const nodeDisconnected = defineEvent<{ nodeId: string; lastSeen: string; reason: string }>(
  'registry',
  'node-disconnected',
);

/** Two live machines carry one identity: no new work for either until a person has decided. */
export const nodeCloned = defineEvent<{ nodeId: string; fingerprints: readonly string[] }>('registry', 'node-cloned');

/** The registry was not listening for a while; presence was not judged over that time. */
export const observationResumed = defineEvent<{ gapMs: number }>('registry', 'observation-resumed');

/** A node was deregistered: its identity ends, it gets no more work. */
export const nodeDeregistered = defineEvent<{ nodeId: string; computerName?: string }>('registry', 'node-deregistered');
