import { setImmediate } from 'node:timers/promises';

import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';

/** Asks the broker, by trying, what a connection may not do. */
export class WhatIsRefused {
  private readonly refusals = new Set<string>();

  constructor(private readonly connection: NatsConnection) {
    void this.listen();
  }

  /** @returns those of the subjects on which this connection may not publish */
  async publishing(subjects: readonly string[]): Promise<string[]> {
    for (const subject of subjects) this.connection.publish(subject);
    return this.refusedOf('publish', subjects);
  }

  /** The same with a reply subject. */
  async publishingWithReply(subject: string, reply: string): Promise<boolean> {
    this.connection.publish(subject, new Uint8Array(), { reply });
    return (await this.refusedOf('publish', [subject])).length > 0;
  }

  /** @returns those of the subjects to which this connection may not subscribe */
  async subscribing(subjects: readonly string[]): Promise<string[]> {
    const subscriptions = subjects.map((subject) => this.connection.subscribe(subject, { callback: () => undefined }));
    const refused = await this.refusedOf('subscription', subjects);
    for (const each of subscriptions) each.unsubscribe();
    return refused;
  }

  private async refusedOf(operation: string, subjects: readonly string[]): Promise<string[]> {
    // The broker says no before it answers the ping that follows; the no is read from another queue.
    await this.connection.flush();
    await setImmediate();
    return subjects.filter((subject) => this.refusals.has(`${operation} ${subject}`));
  }

  private async listen(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError) {
        this.refusals.add(`${status.error.operation} ${status.error.subject}`);
      }
    }
  }
}
