import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { ApiError } from '@muster/aws-protocol';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

import { type CompilablePattern, compilable } from './domain/compilable-pattern.js';

const DEADLINE_MS = 250;
const MOST_WAITING = 64;

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

type Verdict = 'matches' | 'differs' | 'malformed' | 'too slow';

/**
 * Checks values against patterns that users wrote: in a worker, with a deadline, so that a pattern that runs for ever
 * (`(a+)+$`) costs its own call and nobody's answers.
 */
@Injectable()
export class AllowedPatterns implements OnModuleDestroy {
  private worker: Worker | undefined;
  private waiting = 0;
  private queue: Promise<unknown> = Promise.resolve();

  /** @throws ApiError InvalidAllowedPatternException, ParameterPatternMismatchException */
  async check(pattern: string, value: string): Promise<void> {
    const verdict = await this.judge(compilable(pattern), value);
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

  // One at a time: there is one worker, and it is fast for all patterns but the bad ones.
  private judge(pattern: CompilablePattern, value: string): Promise<Verdict> {
    if (this.waiting >= MOST_WAITING) {
      throw new ApiError('ServiceUnavailable', 'Too many values are being checked against patterns: try again.');
    }
    this.waiting++;
    const judged = this.queue.then(() => this.ask(pattern, value)).finally(() => this.waiting--);
    this.queue = judged.catch(() => undefined);
    return judged;
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
