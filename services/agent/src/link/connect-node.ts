import { setTimeout as wait } from 'node:timers/promises';

import type { Nkey } from '@muster/keys';
import type { Logger } from '@muster/telemetry';

import type { Credential, Registration } from '../state/registration.js';
import type { AgentStatus } from '../state/status-file.js';
import { BusLink } from './bus-link.js';
import { ControlLink, type LinkState, type NodeIdentity } from './control-link.js';
import { type Dropped, NodeMessages } from './node-messages.js';
import type { NodeWork } from './node-work.js';
import { Renewal } from './renewal.js';
import type { StreamUplink } from './stream-uplink.js';

/** A node and what it works with. */
export interface NodeOnBus {
  readonly registration: Registration;
  readonly key: Nkey;
  readonly identity: NodeIdentity;
  readonly credential: Credential;
  keepCredential(credential: Credential): void;
  keyOf(generation: number): Uint8Array | undefined;
  readonly work: NodeWork;
  readonly uplink: StreamUplink;
  /** Told whenever it changes how the node stands. */
  tell(status: AgentStatus): void;
  readonly log: Logger;
  uptimeMs(): number;
  readonly stop: AbortSignal;
}

/** Keeps a node on its bus until it is told to stop. */
export async function connectNode(node: NodeOnBus): Promise<void> {
  let { credential } = node;
  const held = {
    get: () => credential,
    set: (renewed: Credential) => {
      node.keepCredential(renewed);
      credential = renewed;
    },
  };
  for (;;) {
    // A connection lasts over all interruptions; should the client ever give one up, another is made.
    await useOneConnection(node, held);
    if (node.stop.aborted) return;
    await wait(1_000, undefined, { signal: node.stop }).catch(() => undefined);
  }
}

async function useOneConnection(
  node: NodeOnBus,
  credential: { get(): Credential; set(renewed: Credential): void },
): Promise<void> {
  const { registration, key, identity, work, log, stop } = node;
  const { nodeId, busUrls, busCa } = registration;
  let state: LinkState = { state: 'away', detail: 'connecting', sinceMs: Date.now() };
  let dropped: Dropped = {};
  const tell = (next: LinkState) => node.tell({ link: (state = next), dropped });
  tell(state);

  const problem = (detail: string) => tell({ state: 'away', detail, sinceMs: Date.now() });
  const address = { nodeId, servers: busUrls, ca: busCa, key, credential: () => credential.get().jwt };
  const bus = await BusLink.open(address, log, stop, problem);
  if (!bus) return;

  const control = new ControlLink(bus, identity, work, log, tell);
  const inbox = new NodeMessages(nodeId, () => control.epoch, node.keyOf, work, log, node.uptimeMs);
  const countDropped = () => {
    if (!inbox.changed()) return;
    dropped = inbox.dropped;
    tell(state);
  };
  const renewal = new Renewal(bus, { nodeId, publicKey: key.publicKey }, credential.get(), credential.set, log);
  bus.nats.subscribe(`node.${nodeId}.>`, {
    callback: (error, message) => {
      if (error) log.warn({ err: error }, 'the bus refused the subscription of this node');
      else void inbox.handle(message).then(countDropped);
    },
  });
  node.uplink.use(bus);

  const close = () => void bus.close();
  stop.addEventListener('abort', close, { once: true });
  if (stop.aborted) close();
  await bus.listen({
    up: () => {
      control.up();
      renewal.start();
    },
    down: (reason) => control.down(reason),
  });
  renewal.stop();
  control.down('stopped');
}
