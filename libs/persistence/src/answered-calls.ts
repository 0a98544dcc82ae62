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

/**
 * Claims several calls first thing in the transaction that they share, each as `claimCall` does.
 * @returns for each whether it is new; one that is not was answered before, or stands here twice
 */
export async function claimCalls(tx: Queries, calls: readonly (Retry | undefined)[]): Promise<boolean[]> {
  const keys = calls.map((call) => call && [call.principal, call.operation, call.bodyHash, invocationHash(call)]);
  const asked = new Map(keys.flatMap((key) => (key ? [[key.join('\n'), key] as const] : [])));
  const claimed = new Set<string>();
  if (asked.size > 0) {
    const columns = [0, 1, 2, 3].map((column) => [...asked.values()].map((key) => key[column]!));
    const rows = await tx.named<{ principal: string; operation: string; body: string; invocation: string }>(
      'answered_call.claim_all',
      // In one order: another replica's claims of the same calls wait for ours instead of dying.
      `INSERT INTO answered_call AS known (principal, operation, body_hash, invocation_id, at)
       SELECT call.principal, call.operation, call.body, call.invocation, clock_timestamp()
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS call (principal, operation, body, invocation)
       ORDER BY 1, 2, 3, 4
       ON CONFLICT (principal, operation, body_hash, invocation_id) DO UPDATE SET at = excluded.at, answer = NULL
         WHERE known.at < clock_timestamp() - interval '15 minutes'
       RETURNING principal, operation, body_hash AS body, invocation_id AS invocation`,
      columns,
    );
    for (const { principal, operation, body, invocation } of rows) {
      claimed.add([principal, operation, body, invocation].join('\n'));
    }
  }
  // Whoever stands here twice is new once.
  return keys.map((key) => key === undefined || claimed.delete(key.join('\n')));
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

/** Keeps several answers with the transaction that they share. */
export async function keepAnswers(tx: Queries, kept: readonly { call: Retry; answer: object }[]): Promise<void> {
  if (kept.length === 0) return;
  const rows = kept.map(({ call, answer }) => [
    call.principal,
    call.operation,
    call.bodyHash,
    invocationHash(call),
    sealAnswer(call, answer),
  ]);
  await tx.named(
    'answered_call.keep_all',
    `UPDATE answered_call AS known SET answer = kept.answer
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
       AS kept (principal, operation, body_hash, invocation_id, answer)
     WHERE known.principal = kept.principal AND known.operation = kept.operation
       AND known.body_hash = kept.body_hash AND known.invocation_id = kept.invocation_id`,
    [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column])),
  );
}
