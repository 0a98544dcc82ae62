/**
 * Every subject of the bus. Tokens never contain dots, blanks or wildcards: callers check names before they get here.
 */
export const subjects = {
  api: (service: string, operation: string) => `api.${service}.${operation}`,
  public: (service: string, operation: string) => `public.${service}.${operation}`,
  rpc: (service: string, method: string) => `rpc.${service}.${method}`,
  event: (account: string, region: string, service: string, what: string) =>
    `events.${account}.${region}.${service}.${what}`,
  hello: (nodeId: string) => `agent.${nodeId}.hello`,
  heartbeat: (nodeId: string) => `agent.${nodeId}.heartbeat`,
  renew: (nodeId: string) => `agent.${nodeId}.renew`,
  otlp: (nodeId: string) => `agent.${nodeId}.otlp`,
  fleet: (nodeId: string, topic: FleetTopic) => `fleet.${nodeId}.${topic}`,
  node: (nodeId: string, epoch: string, verb: NodeVerb) => `node.${nodeId}.${epoch}.${verb}`,
  /** Changes of parameters, for whom a watch was opened. */
  watch: (account: string, id: string) => `ext.${account}.watch.${id}`,
  /** Messages of a stream that the gateway holds open for somebody: an inbox of its own. */
  stream: (id: string) => `${inboxPrefix('gateway')}.stream.${id}`,
  /** Published four times a second by identity: the revision of all that decisions rest on. */
  identityRevision: 'identity.revision',
  /** The gateway says which access keys signed something. */
  identityKeyUsed: 'identity.key-used',
} as const;

/** What nodes publish to streams. */
export type FleetTopic = 'status' | 'output';

/** What services ask of a node. */
export type NodeVerb = 'invoke' | 'cancel' | 'settled';

/** Inboxes of a bus user: nobody else may subscribe there. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/** Whether a text can be one token of a subject. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,200}$/.test(text);
}
