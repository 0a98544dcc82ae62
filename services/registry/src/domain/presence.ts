/** What registry knows about the life of a node. Times are the database's. */
export interface Presence {
  readonly nodeId: string;
  /** Online: said hello or heartbeat, and was not silent too long since. */
  readonly connected: boolean;
  /** Granted to the connection below; requests to the node name it. Absent: never said hello. */
  readonly epoch?: string | undefined;
  readonly grantedAt?: Date | undefined;
  readonly fingerprint?: string | undefined;
  readonly bootId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly lastSeenAt?: Date | undefined;
  /** The connection before: heard again after another boot, there are two machines. */
  readonly previousConnectionId?: string | undefined;
  readonly previousBootId?: string | undefined;
  /** Another machine that said hello under this identity while the first was alive. */
  readonly rival?: Rival | undefined;
  /** No new work, and why. Ends when the node is registered anew. */
  readonly blocked?: string | undefined;
}

/** A second machine with a first one's identity. */
export interface Rival {
  readonly fingerprint: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Who says hello. */
export interface Greeting {
  readonly fingerprint: string;
  readonly bootId: string;
  readonly connectionId: string;
}

/** Who says that it lives. */
export interface Beat {
  readonly epoch: string;
  readonly connectionId: string;
}

/** What time it is and what is agreed. */
export interface Terms {
  /** The database's clock. */
  readonly now: Date;
  /** How long a node may be silent. */
  readonly silenceMs: number;
}

/** What follows from a hello or a heartbeat. */
export type Judgement =
  /** `came`: it was offline, or has another epoch now. */
  | { readonly kind: 'alive'; readonly presence: Presence; readonly came: boolean }
  /** Nothing is granted; the node asks again later. */
  | { readonly kind: 'refused'; readonly presence: Presence; readonly reason: string }
  /** Two machines live with one identity. */
  | {
      readonly kind: 'cloned';
      readonly presence: Presence;
      readonly fingerprints: readonly string[];
      readonly reason: string;
    }
  /** Of no consequence. */
  | { readonly kind: 'ignored' };

/** Messages of a machine that has just gone may still be on their way; later ones come from a living one. */
const AFTERGLOW_MS = 1000;

/** Judges a hello: the same connection keeps its epoch, a new one gets `newEpoch`, a second living machine gets none. */
export function judgeHello(presence: Presence, hello: Greeting, newEpoch: string, terms: Terms): Judgement {
  if (presence.blocked !== undefined) return { kind: 'refused', presence, reason: presence.blocked };
  if (presence.fingerprint === undefined || presence.fingerprint === hello.fingerprint) {
    return rivalLives(presence, terms) ? cloned(presence, rivals(presence)) : welcome(presence, hello, newEpoch, terms);
  }
  if (!presence.connected) return welcome(presence, hello, newEpoch, terms);
  return {
    kind: 'refused',
    presence: { ...presence, rival: rivalOf(presence, hello, terms) },
    reason:
      'Another machine with this identity is alive. If it has been replaced by this one, stop it: ' +
      `this one is accepted ${Math.ceil(terms.silenceMs / 1000)} s later. If both shall live, register one of them anew.`,
  };
}

/** Judges a heartbeat. It grants nothing; it tells that a connection lives. */
export function judgeHeartbeat(presence: Presence, beat: Beat, terms: Terms): Judgement {
  if (presence.blocked !== undefined) return { kind: 'ignored' };
  if (beat.epoch === presence.epoch && beat.connectionId === presence.connectionId) {
    if (rivalLives(presence, terms)) return cloned(presence, rivals(presence));
    const rival = rivalIsRecent(presence, terms) ? presence.rival : undefined;
    return {
      kind: 'alive',
      presence: { ...presence, connected: true, lastSeenAt: terms.now, rival },
      came: !presence.connected,
    };
  }
  return otherBootLives(presence, beat, terms) ? cloned(presence, [presence.fingerprint!]) : { kind: 'ignored' };
}

/** A node was not heard for too long. */
export function lost(presence: Presence): Presence {
  return { ...presence, connected: false };
}

function welcome(presence: Presence, hello: Greeting, newEpoch: string, { now }: Terms): Judgement {
  const { fingerprint, bootId, connectionId } = hello;
  const alive = { nodeId: presence.nodeId, connected: true, lastSeenAt: now, fingerprint, bootId, connectionId };
  const same =
    presence.epoch !== undefined &&
    presence.fingerprint === fingerprint &&
    presence.bootId === bootId &&
    presence.connectionId === connectionId;
  if (same) return { kind: 'alive', presence: { ...presence, ...alive, rival: undefined }, came: !presence.connected };
  return {
    kind: 'alive',
    came: true,
    presence: {
      ...alive,
      epoch: newEpoch,
      grantedAt: now,
      previousConnectionId: presence.connectionId,
      previousBootId: presence.bootId,
    },
  };
}

function rivalOf(presence: Presence, { fingerprint }: Greeting, terms: Terms): Rival {
  const known = presence.rival?.fingerprint === fingerprint && rivalIsRecent(presence, terms);
  return { fingerprint, firstSeenAt: known ? presence.rival!.firstSeenAt : terms.now, lastSeenAt: terms.now };
}

/** The second machine was heard within the window, and the first one now: long enough after it to be alive itself. */
function rivalLives(presence: Presence, terms: Terms): boolean {
  if (!rivalIsRecent(presence, terms)) return false;
  return terms.now.getTime() - presence.rival!.firstSeenAt.getTime() > AFTERGLOW_MS;
}

function rivalIsRecent({ rival }: Presence, { now, silenceMs }: Terms): boolean {
  return rival !== undefined && now.getTime() - rival.lastSeenAt.getTime() <= silenceMs;
}

/** A heartbeat of the connection before, from another boot, while the current one lives: a disk that was cloned whole. */
function otherBootLives(presence: Presence, beat: Beat, { now }: Terms): boolean {
  return (
    presence.connected &&
    presence.grantedAt !== undefined &&
    beat.connectionId === presence.previousConnectionId &&
    presence.previousBootId !== presence.bootId &&
    now.getTime() - presence.grantedAt.getTime() > AFTERGLOW_MS
  );
}

function rivals(presence: Presence): string[] {
  return [presence.fingerprint!, presence.rival!.fingerprint];
}

function cloned(presence: Presence, fingerprints: readonly string[]): Judgement {
  const reason =
    `Two machines live with the identity ${presence.nodeId}; neither gets work. Deregister it ` +
    `(aws ssm deregister-managed-instance --instance-id ${presence.nodeId}), then register each machine anew with ` +
    'muster-agent register --force.';
  return { kind: 'cloned', fingerprints, reason, presence: { ...presence, connected: false, blocked: reason } };
}
