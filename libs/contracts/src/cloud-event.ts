/** CloudEvents 1.0 in structured JSON, as published on `events.<account>.<region>.<service>.<what>`. */
export interface CloudEvent<D = unknown> {
  readonly specversion: '1.0';
  /** UUIDv7. An event is the same event exactly when its id is. */
  readonly id: string;
  /** `/<account>/<region>/<service>` */
  readonly source: string;
  /** `muster.<service>.<what happened>` */
  readonly type: string;
  /** ARN of the thing that it is about. */
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: D;
  /** W3C trace context of the change. */
  readonly traceparent?: string;
}

/** Where an event belongs. */
export interface EventScope {
  readonly account: string;
  readonly region: string;
}

/** An event that a transaction announces; id, time and trace are added when it is written. */
export interface Announcement<D = unknown> {
  readonly eventType: EventKind;
  readonly scope: EventScope;
  readonly subject: string;
  readonly data: D;
}

/** What an event is called. */
export interface EventKind {
  /** The service that announces it. */
  readonly service: string;
  /** Past tense, kebab-case: what happened. */
  readonly what: string;
  /** CloudEvents type. */
  readonly type: string;
}

/** One kind of event: call it to make an announcement. */
export interface EventType<D> extends EventKind {
  (scope: EventScope, subject: string, data: D): Announcement<D>;
}

/**
 * Defines an event once. Data carries what a subscriber needs to decide: never an entity, a secret or the whole state,
 * and it only grows.
 */
export function defineEvent<D>(service: string, what: string): EventType<D> {
  const make = (scope: EventScope, subject: string, data: D): Announcement<D> => ({
    eventType,
    scope: { account: scope.account, region: scope.region },
    subject,
    data,
  });
  const eventType: EventType<D> = Object.assign(make, { service, what, type: `muster.${service}.${what}` });
  return eventType;
}
