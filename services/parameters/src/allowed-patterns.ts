import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { ApiError } from '@muster/aws-protocol';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

import { type CompilablePattern, compilable } from './domain/compilable-pattern.js';
import { FairTurns } from './domain/fair-turns.js';

const DEADLINE_MS = 250;
const MOST_WAITING = 256;
/** Of one account. */
const MOST_WAITING_EACH = 64;
/** How long an account whose pattern took too long comes after all others. */
const BURDEN_MS = 60_000;

// JavaScript, not TypeScript: it is the whole program of the worker.
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ source, flags, value }) => {
  let verdict;
  try {
    verdict = new RegExp(source, flags).test(value) ? 'matches' : 'differs';
  } catch {
    verdict = 'malformed';
  }
  parentPort.postMessage(verdict);
});
parentPort.postMessage('ready');
`;

interface Question {
  readonly pattern: CompilablePattern;
  readonly value: string;
  readonly answer: (verdict: Verdict) => void;
  readonly fail: (error: unknown) => void;
}

type Verdict = 'matches' | 'differs' | 'malformed' | 'too slow';

/**
 * Checks values against patterns that users wrote: in a worker, with a deadline, so that a pattern that runs for ever
 * (`(a+)+$`) costs its own call and nobody's answers. Accounts take turns: many such patterns at once keep those waiting
 * who sent them.
 */
@Injectable()
export class AllowedPatterns implements OnModuleDestroy {
  private worker: Worker | undefined;
  private readonly turns = new FairTurns<Question>(MOST_WAITING_EACH);
  private waiting = 0;
  private busy = false;

  /**
   * @param account whose pattern it is
   * @throws ApiError InvalidAllowedPatternException, ParameterPatternMismatchException
   */
  async check(account: string, pattern: string, value: string): Promise<void> {
    const verdict = await this.judge(account, { pattern: compilable(pattern), value });
    switch (verdict) {
      case 'matches':
        return;
      case 'differs':
        throw new ApiError(
          'ParameterPatternMismatchException',
          `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
        );
      case 'malformed':
        throw new ApiError(
          'InvalidAllowedPatternException',
          `The allowedPattern is not a regular expression: ${pattern}`,
        );
      case 'too slow':
        throw new ApiError(
          'InvalidAllowedPatternException',
          `The allowedPattern takes longer than ${DEADLINE_MS} ms for this value: ${pattern}. Simplify it; nested ` +
            'repetitions such as (a+)+ are the usual reason.',
        );
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.worker?.terminate();
  }

  private judge(account: string, question: Pick<Question, 'pattern' | 'value'>): Promise<Verdict> {
    return new Promise((answer, fail) => {
      if (this.waiting >= MOST_WAITING || !this.turns.add(account, { ...question, answer, fail })) {
        throw new ApiError('ServiceUnavailable', 'Too many values are being checked against patterns: try again.');
      }
      this.waiting++;
      if (!this.busy) void this.answerAll();
    });
  }

  // One at a time: there is one worker, and it is fast for all patterns but the bad ones.
  private async answerAll(): Promise<void> {
    this.busy = true;
    for (let turn = this.turns.next(Date.now()); turn; turn = this.turns.next(Date.now())) {
      const { owner, item } = turn;
      this.waiting--;
      try {
        const verdict = await this.ask(item.pattern, item.value);
        if (verdict === 'too slow') this.turns.burden(owner, Date.now() + BURDEN_MS);
        item.answer(verdict);
      } catch (error) {
        item.fail(error);
      }
    }
    this.busy = false;
  }

  private async ask(pattern: CompilablePattern, value: string): Promise<Verdict> {
    const worker = (this.worker ??= await startWorker());
    try {
      const heard = once(worker, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) });
      worker.postMessage({ ...pattern, value });
      const [verdict] = (await heard) as [Verdict];
      return verdict;
    } catch {
      // Over its time or out of its memory: what it does cannot be stopped in another way.
      this.worker = undefined;
      await worker.terminate();
      return 'too slow';
    }
  }
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(PROGRAM, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  await once(worker, 'message');
  // It may end between two questions; the next one finds out.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}
