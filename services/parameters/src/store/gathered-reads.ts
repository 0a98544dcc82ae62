/** Most questions that one statement takes; more are a next one. */
const most = 200;

interface Waiting<Q, A> {
  readonly questions: readonly Q[];
  readonly resolve: (answers: A[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks with one statement what is asked in one turn of the event loop: the way to the database and back costs more than
 * the reading. A read begins after everybody who waits for it has asked, so none is older than the request that it answers.
 */
export class GatheredReads<Q, A> {
  private readonly waiting = new Map<string, Waiting<Q, A>[]>();

  /** @param read answers questions of one group, in their order */
  constructor(private readonly read: (group: string, questions: readonly Q[]) => Promise<A[]>) {}

  /** @param group what can be asked together: an account and a region */
  ask(group: string, questions: readonly Q[]): Promise<A[]> {
    return new Promise((resolve, reject) => {
      const one = { questions, resolve, reject };
      const others = this.waiting.get(group);
      if (others) others.push(one);
      else {
        this.waiting.set(group, [one]);
        setImmediate(() => this.askAll(group));
      }
    });
  }

  private askAll(group: string): void {
    const all = this.waiting.get(group) ?? [];
    this.waiting.delete(group);
    for (let from = 0; from < all.length;) {
      let count = 0;
      let to = from;
      do count += all[to++]!.questions.length;
      while (to < all.length && count + all[to]!.questions.length <= most);
      void this.askTogether(group, all.slice(from, to));
      from = to;
    }
  }

  private async askTogether(group: string, together: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.read(
        group,
        together.flatMap((each) => each.questions),
      );
      let from = 0;
      for (const { questions, resolve } of together) resolve(answers.slice(from, (from += questions.length)));
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }
}
