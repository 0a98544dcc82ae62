import { Identity, type PoliciesOfAnswer } from '@muster/contracts';
import {
  type Caller,
  type Decision,
  type NamedPolicy,
  type PrincipalPolicies,
  type Resource,
  decide,
  noPolicies,
  nobodysPolicies,
  parsePolicy,
} from '@muster/iam';

import type { Clock } from '@muster/persistence';

import { Authority } from './authority.js';
import type { Bus } from './bus.js';
import { unavailable } from './unavailable.js';

/** How old the last word about the revision may be. */
const FRESH_MS = 1_000;
/** Principals whose policies are kept: the oldest used goes first. */
const MOST_PRINCIPALS = 10_000;

interface Known {
  readonly revision: bigint;
  readonly policies: PrincipalPolicies;
}

/**
 * Policies by revision: identity says four times a second how far it is; after a second of silence it is asked, and
 * when it does not answer nobody decides.
 */
export class BusAuthority extends Authority {
  private newest = -1n;
  private heardAt = -Infinity;
  private asking: Promise<void> | undefined;
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly bus: Pick<Bus, 'rpc'>,
    /** What time it is, for policies that ask. */
    private readonly clock: Clock,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
  }

  /** Identity said how far it is. An older word, overtaken on the way, changes nothing. */
  heard(revision: bigint): void {
    if (revision < this.newest) return;
    this.newest = revision;
    this.heardAt = this.now();
  }

  override async decide(caller: Caller, action: string, resources: readonly Resource[]): Promise<Decision> {
    return decide(caller, await this.policiesOf(caller), action, resources, this.clock.now());
  }

  override async verdicts(caller: Caller, action: string, resources: readonly Resource[]): Promise<Decision[]> {
    const policies = await this.policiesOf(caller);
    const now = this.clock.now();
    return resources.map((resource) => decide(caller, policies, action, [resource], now));
  }

  private async policiesOf(caller: Caller): Promise<PrincipalPolicies> {
    // Nothing that identity knows changes what these two may: all, and nothing.
    if (caller.kind === 'Root' || caller.kind === 'Anonymous') return noPolicies;
    // What identity said while the session lasted is kept until something changes there, and its end changes nothing.
    if (caller.expiresAt !== undefined && this.clock.now().getTime() >= caller.expiresAt) return nobodysPolicies;
    const revision = await this.currentRevision();
    const name = caller.expiresAt === undefined ? caller.arn : `${caller.arn} ${caller.accessKeyId}`;
    const known = this.known.get(name);
    if (known && known.revision >= revision) {
      this.touch(name, known);
      return known.policies;
    }
    const fetched = await this.fetch(caller);
    if (fetched.revision < revision) throw unavailable('Identity answered with policies of yesterday: try again.');
    this.touch(name, fetched);
    return fetched.policies;
  }

  override revision(): Promise<bigint> {
    return this.currentRevision();
  }

  private async currentRevision(): Promise<bigint> {
    if (this.now() - this.heardAt <= FRESH_MS) return this.newest;
    // One question for all that wait.
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    await this.asking;
    return this.newest;
  }

  private async ask(): Promise<void> {
    const before = this.newest;
    const { revision } = await this.bus.rpc(Identity.method.currentRevision, {}, { deadlineMs: 2_000 });
    // Identity's database was restored from a backup: it counts from further back, on other policies.
    if (revision < before && this.newest === before) {
      this.known.clear();
      this.newest = revision;
    }
    this.heard(revision);
  }

  private async fetch(caller: Caller): Promise<Known> {
    const session = caller.expiresAt !== undefined && caller.accessKeyId ? { sessionKeyId: caller.accessKeyId } : {};
    const question = { principalArn: caller.arn, ...session };
    const answer = await this.bus.rpc(Identity.method.policiesOf, question, { deadlineMs: 2_000 });
    return { revision: answer.revision, policies: answer.exists ? policiesIn(answer) : nobodysPolicies };
  }

  private touch(name: string, known: Known): void {
    this.known.delete(name);
    this.known.set(name, known);
    if (this.known.size > MOST_PRINCIPALS) this.known.delete(this.known.keys().next().value!);
  }
}

function policiesIn(answer: PoliciesOfAnswer): PrincipalPolicies {
  return {
    identity: answer.identityPolicies.map(named),
    ...(answer.permissionsBoundary && { boundary: named(answer.permissionsBoundary) }),
    session: answer.sessionPolicies.map(named),
    tags: answer.principalTags,
    ...(answer.userName !== undefined && { userName: answer.userName }),
  };
}

function named({ name, document }: { name: string; document: string }): NamedPolicy {
  return { name, document: parsePolicy(document) };
}
