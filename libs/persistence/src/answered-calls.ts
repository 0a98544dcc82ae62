import { invocationHash, openAnswer, sealAnswer } from './sealed-answer.js';
import type { Queries, Retry } from './unit-of-work.js';

/** The same call was answered before: the host repeats the answer. */
export class AnsweredBefore extends Error {
  override readonly name = 'AnsweredBefore';
  constructor(readonly answer: object) {
    super('This call was answered before.');
  }
}

/**
 * Claims a call, first thing in its transaction. One that runs at the same moment is waited for.
 * @throws AnsweredBefore
 */
export async function claimCall(tx: Queries, call: Retry): Promise<void> {
  const key = [call.principal, call.operation, call.bodyHash, invocationHash(call)];
  const claimed = await tx.named(
    'answered_call.claim',
    `INSERT INTO answered_call AS known (principal, operation, body_hash, invocation_id, at)
     VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (principal, operation, body_hash, invocation_id) DO UPDATE SET at = excluded.at, answer = NULL
       WHERE known.at < clock_timestamp() - interval '15 minutes'
     RETURNING true AS claimed`,
    key,
  );
  if (claimed.length > 0) return;

  const known = await answerOf(tx, call);
  // Swept in between: it is old enough to be a call of its own.
  if (!known) return claimCall(tx, call);
  throw new AnsweredBefore(known);
}

/** What the call was answered before, if it was and is still remembered. */
export async function answerOf(queries: Queries, call: Retry): Promise<object | undefined> {
  const [known] = await queries.named<{ answer: Buffer }>(
    'answered_call.answer',
    `SELECT answer FROM answered_call
     WHERE principal = $1 AND operation = $2 AND body_hash = $3 AND invocation_id = $4`,
    [call.principal, call.operation, call.bodyHash, invocationHash(call)],
  );
  return known && openAnswer(call, known.answer);
}

/** Keeps the answer with the transaction that it answers. */
export async function keepAnswer(tx: Queries, call: Retry, answer: object): Promise<void> {
  await tx.named(
    'answered_call.keep',
    `UPDATE answered_call SET answer = $5
     WHERE principal = $1 AND operation = $2 AND body_hash = $3 AND invocation_id = $4`,
    [call.principal, call.operation, call.bodyHash, invocationHash(call), sealAnswer(call, answer)],
  );
}
