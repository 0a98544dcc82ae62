import { backOffMs } from './back-off.js';
import { ended, type Invocation, type Move } from './invocation.js';
import { invocationStatuses } from './invocation-status.js';

/** What became of asking a node to run an invocation. */
export type InvokeAnswer =
  | { readonly kind: 'accepted' }
  /** Nobody listens there: a definite no. */
  | { readonly kind: 'offline' }
  /** Nothing was sent: we could not find out where to. */
  | { readonly kind: 'unreachable' }
  /** The node may not get new work, and why. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** No such node any more. */
  | { readonly kind: 'gone' }
  /** It does not have it and has no room for it. */
  | { readonly kind: 'no-space'; readonly reason: string }
  /** A tombstone was there before the request. */
  | { readonly kind: 'cancelled' }
  /** Wrong epoch, or not authentic: nothing was done, and nothing was looked up. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'invalid-platform'; readonly reason: string };

const SOON_MS = 2_000;

/**
 * What an answer makes of the invocation; undefined: nothing. A request without any answer is none of these: its lease
 * runs out and it is sent again.
 */
export function invokeAnswered(before: Invocation, attempt: number, answer: InvokeAnswer): Move | undefined {
  if (invocationStatuses.isFinal(before.status)) return undefined;
  if (answer.kind === 'accepted') return accepted(before);
  // In progress: the node has it, whoever told.
  if (before.accepted || before.status === 'InProgress') return undefined;
  // These are said about the invocation, whichever attempt asked.
  if (answer.kind === 'cancelled') return ended(before, { status: 'Cancelled', details: 'Cancelled' });
  if (answer.kind === 'invalid-platform') {
    return ended(before, { status: 'Failed', details: 'InvalidPlatform' }, { reason: answer.reason });
  }
  if (attempt !== before.attempt || !before.sent) return undefined;
  return notDelivered(before, answer);
}

function accepted(before: Invocation): Move | undefined {
  if (before.accepted) return undefined;
  const after = { ...before, sent: true, accepted: true, reason: '' };
  if (before.status === 'Cancelling') return { after, dueInMs: 'unchanged' };
  return { after: { ...after, status: 'InProgress', details: 'InProgress' }, dueInMs: 'never' };
}

function notDelivered(
  before: Invocation,
  answer: Exclude<InvokeAnswer, { kind: 'accepted' | 'cancelled' | 'invalid-platform' }>,
): Move {
  const reason = reasonOf(answer);
  const neverArrived = answer.kind === 'no-space' || !before.unsure;
  if (!neverArrived) return { after: { ...before, reason }, dueInMs: waitMs(before, answer) };
  if (before.status === 'Cancelling') {
    return ended(before, { status: 'Cancelled', details: 'Cancelled' }, { sent: false });
  }
  if (answer.kind === 'gone')
    return ended(before, { status: 'Failed', details: 'Undeliverable' }, { reason, sent: false });
  const free = { ...before, sent: false, unsure: false };
  if (answer.kind === 'unreachable') return { after: free, dueInMs: SOON_MS };
  return { after: { ...free, status: 'Delayed', details: 'Delayed', reason }, dueInMs: waitMs(before, answer) };
}

function waitMs(before: Invocation, answer: InvokeAnswer): number {
  // A refusal means that the route was old, and our own trouble is soon over: the next try can be right.
  if (answer.kind === 'unreachable') return SOON_MS;
  return answer.kind === 'refused' && before.attempt <= 3 ? SOON_MS : backOffMs(before.attempt);
}

function reasonOf(answer: InvokeAnswer): string {
  switch (answer.kind) {
    case 'offline':
      return 'The node is not connected.';
    case 'gone':
      return 'The node is not registered any more.';
    case 'blocked':
      return `The node gets no new work: ${answer.reason}`;
    case 'no-space':
      return `The node has no room for the command: ${answer.reason}`;
    case 'refused':
      return `The node refused the request: ${answer.reason}`;
    default:
      return '';
  }
}
