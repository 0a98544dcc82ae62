import { Identity } from '@muster/contracts';
import { type Caller, type Decision, type PolicyDocument, type Resource, decide, parsePolicy } from '@muster/iam';

import { Authority } from './authority.js';
import type { Bus } from './bus.js';
import { unavailable } from './unavailable.js';

/** How old the last word about the revision may be. */
const FRESH_MS = 1_000;
/** Principals whose policies are kept: the oldest used goes first. */
const MOST_PRINCIPALS = 10_000;

interface Known {
  readonly revision: bigint;
  readonly policies: readonly PolicyDocument[];
}

/**
 * Policies by revision: identity says four times a second how far it is; after a second of silence it is asked, and
 * when it does not answer nobody decides.
 */
export class BusAuthority extends Authority {
  private revision = -1n;
  private heardAt = -Infinity;
  private asking: Promise<void> | undefined;
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly bus: Pick<Bus, 'rpc'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
  }

  /** Identity said how far it is. An older word, overtaken on the way, changes nothing. */
  heard(revision: bigint): void {
    if (revision < this.revision) return;
    this.revision = revision;
    this.heardAt = this.now();
  }

  override async decide(caller: Caller, action: string, resources: readonly Resource[]): Promise<Decision> {
    return decide(caller, await this.policiesOf(caller), action, resources);
  }

  override async decideEach(caller: Caller, action: string, resources: readonly Resource[]): Promise<boolean[]> {
    const policies = await this.policiesOf(caller);
    return resources.map((resource) => decide(caller, policies, action, [resource]).allowed);
  }

  private async policiesOf(caller: Caller): Promise<readonly PolicyDocument[]> {
    // Nothing that identity knows changes what these two may: all, and nothing.
    if (caller.kind === 'Root' || caller.kind === 'Anonymous') return [];
    const revision = await this.currentRevision();
    const known = this.known.get(caller.arn);
    if (known && known.revision >= revision) {
      this.touch(caller.arn, known);
      return known.policies;
    }
    const fetched = await this.fetch(caller.arn);
    if (fetched.revision < revision) throw unavailable('Identity answered with policies of yesterday: try again.');
    this.touch(caller.arn, fetched);
    return fetched.policies;
  }

  private async currentRevision(): Promise<bigint> {
    if (this.now() - this.heardAt <= FRESH_MS) return this.revision;
    // One question for all that wait.
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    await this.asking;
    return this.revision;
  }

  private async ask(): Promise<void> {
    const before = this.revision;
    const { revision } = await this.bus.rpc(Identity.method.currentRevision, {}, { deadlineMs: 2_000 });
    // Identity's database was restored from a backup: it counts from further back, on other policies.
    if (revision < before && this.revision === before) {
      this.known.clear();
      this.revision = revision;
    }
    this.heard(revision);
  }

  private async fetch(arn: string): Promise<Known> {
    const answer = await this.bus.rpc(Identity.method.policiesOf, { principalArn: arn }, { deadlineMs: 2_000 });
    return { revision: answer.revision, policies: answer.documents.map(parsePolicy) };
  }

  private touch(arn: string, known: Known): void {
    this.known.delete(arn);
    this.known.set(arn, known);
    if (this.known.size > MOST_PRINCIPALS) this.known.delete(this.known.keys().next().value!);
  }
}
