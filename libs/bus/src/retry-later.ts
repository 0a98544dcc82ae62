/** A consumer cannot handle a message yet: it comes again after a while, as often as it takes; others go on. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    readonly afterMs: number,
    cause: unknown,
  ) {
    super(`not yet: again in ${afterMs} ms`, { cause });
  }
}

/** A message can never be handled: it is kept as a dead letter at once. */
export class Poisoned extends Error {
  override readonly name = 'Poisoned';
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
  }
}
