import { ended, type Invocation, type Move } from './invocation.js';

/**
 * What becomes of a sent invocation when its node has not reported by ExpiresAfter and the grace behind it. What it did is
 * not known, and the reason says so; a report that comes later is kept beside it.
 */
export function overdue(before: Invocation): Move {
  if (before.status === 'Cancelling') {
    return ended(
      before,
      { status: 'Cancelled', details: 'Cancelled' },
      { reason: 'Unconfirmed: the node never answered the cancelling. Whether it ran is not known.' },
    );
  }
  if (before.accepted) {
    return ended(
      before,
      { status: 'TimedOut', details: 'ExecutionTimedOut' },
      { reason: 'The node accepted it and never reported an end. Whether it ended is not known.' },
    );
  }
  return ended(
    before,
    { status: 'Failed', details: 'Undeliverable' },
    { reason: 'It was sent and the node never answered. Whether it ran is not known.' },
  );
}
