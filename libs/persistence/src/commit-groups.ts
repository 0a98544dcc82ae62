/** Most that share a transaction. */
const most = 64;

/** A commit that waits for its group. */
export interface GroupMember {
  /** What it alone touches: two that name the same thing never share a transaction. */
  readonly thing: string;
}

/**
 * Gathers what is committed while another commit is under way, and hands it on together: one group at a time for each
 * scope. Whoever comes alone waits for the end of the event loop's turn and nothing else.
 */
export class CommitGroups<M extends GroupMember> {
  private readonly waiting = new Map<string, M[]>();
  private count = 0;

  /** @param run commits members that are ordered by what they touch; tells each of them itself and never rejects */
  constructor(private readonly run: (members: readonly M[]) => Promise<void>) {}

  /** How many wait. */
  get size(): number {
    return this.count;
  }

  /** @param scope commits of different scopes never wait for each other: an account and a region */
  push(scope: string, member: M): void {
    this.count++;
    const others = this.waiting.get(scope);
    if (others) return void others.push(member);
    this.waiting.set(scope, [member]);
    setImmediate(() => void this.runAll(scope));
  }

  private async runAll(scope: string): Promise<void> {
    for (;;) {
      const group = this.take(this.waiting.get(scope)!);
      if (group.length === 0) break;
      await this.run(group);
    }
    this.waiting.delete(scope);
  }

  /** Takes one of each thing, first come first; in one order, so that two replicas wait for each other instead of dying. */
  private take(waiting: M[]): M[] {
    const taken = new Map<string, M>();
    const left: M[] = [];
    for (const member of waiting.splice(0)) {
      if (taken.size < most && !taken.has(member.thing)) taken.set(member.thing, member);
      else left.push(member);
    }
    waiting.push(...left);
    this.count -= taken.size;
    return [...taken.values()].sort((a, b) => (a.thing < b.thing ? -1 : 1));
  }
}
