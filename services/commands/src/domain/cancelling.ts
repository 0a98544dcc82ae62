import { backOffMs } from './back-off.js';
import { ended, type Invocation, type Move } from './invocation.js';
import { invocationStatuses } from './invocation-status.js';

/** What became of asking a node to cancel an invocation. */
export type CancelAnswer =
  /** It never had it; a tombstone keeps it from running later. */
  | { readonly kind: 'tombstoned' }
  /** It is being killed, or has ended: the report comes. */
  | { readonly kind: 'report-follows' }
  /** Not heard, or refused: asked again. */
  | { readonly kind: 'not-heard' };

const REPORT_WITHIN_MS = 30_000;

/** What CancelCommand makes of an invocation; undefined: nothing, it is over or cancelling already. */
export function cancelRequested(before: Invocation): Move | undefined {
  if (invocationStatuses.isFinal(before.status) || before.status === 'Cancelling') return undefined;
  if (!before.sent) return ended(before, { status: 'Cancelled', details: 'Cancelled' });
  return { after: { ...before, status: 'Cancelling', details: 'Cancelling', cancelRequested: true }, dueInMs: 0 };
}

/** What a node's answer makes of an invocation that is being cancelled. */
export function cancelAnswered(before: Invocation, answer: CancelAnswer): Move | undefined {
  if (before.status !== 'Cancelling') return undefined;
  switch (answer.kind) {
    case 'tombstoned':
      return ended(
        before,
        { status: 'Cancelled', details: 'Cancelled' },
        before.accepted ? { reason: 'The node had accepted it once and knows nothing of it any more.' } : {},
      );
    case 'report-follows':
      return { after: before, dueInMs: REPORT_WITHIN_MS };
    case 'not-heard':
      return { after: before, dueInMs: backOffMs(before.attempt) };
  }
}
