import type { CloudEvent } from '@muster/contracts';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';

/** What an event must look like: the same values wherever this names one. */
export type Match = { readonly [key: string]: unknown };

/** Events of one account from the moment of its making; each is handed out once. */
export class EventListener {
  private readonly events: CloudEvent<never>[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly subscription: Subscription;

  constructor(nats: NatsConnection, account: string) {
    this.subscription = nats.subscribe(`events.${account}.>`, {
      callback: (error, msg) => {
        if (error) throw error;
        this.events.push(msg.json<CloudEvent<never>>());
        for (const each of [...this.waiting]) each();
      },
    });
  }

  /**
   * The next event of a type (`parameters.changed`) that matches; waits for it.
   * @throws after `withinMs` with the types that came instead
   */
  async next<D = never>(type: string, match: Match = {}, withinMs = 10_000): Promise<CloudEvent<D>> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const index = this.events.findIndex((each) => each.type === `muster.${type}` && matches(each, match));
      if (index >= 0) return this.events.splice(index, 1)[0]!;
      await this.arrival(
        deadline - performance.now(),
        () => `no ${type} came; others: ${this.events.map((each) => each.type).join(', ') || 'none'}`,
      );
    }
  }

  /** What came and was not handed out, but for the audit, which every change brings along. */
  pending(): readonly CloudEvent<never>[] {
    return this.events.filter((each) => !each.type.endsWith('.audited'));
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private arrival(ms: number, complaint: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const arrived = (): void => {
        clearTimeout(timer);
        this.waiting.delete(arrived);
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.waiting.delete(arrived);
          reject(new Error(complaint()));
        },
        Math.max(0, ms),
      );
      this.waiting.add(arrived);
    });
  }
}

function matches(value: unknown, match: unknown): boolean {
  if (match === null || typeof match !== 'object') return Object.is(value, match);
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(match).every(([key, wanted]) => matches((value as Match)[key], wanted));
}
