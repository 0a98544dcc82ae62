import { setTimeout as pause } from 'node:timers/promises';

import { UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Injectable } from '@nestjs/common';

import { type CancelAnswer, cancelAnswered } from '../domain/cancelling.js';
import type { Invocation, Move } from '../domain/invocation.js';
import { type InvokeAnswer, invokeAnswered } from '../domain/invoke-answer.js';
import { Ledgers } from '../store/ledgers.js';
import { Moves } from '../store/moves.js';

/** What a node answered about an invocation. */
export interface Answered {
  readonly invocationId: string;
  readonly attempt: number;
  readonly invoke?: InvokeAnswer;
  readonly cancel?: CancelAnswer;
}

const GATHER_MS = 5;
const MOST_AT_ONCE = 1_000;

/**
 * Writes answers down, many in one transaction. What cannot be written is dropped: the lease of the invocation runs out,
 * the node is asked again and gives the same answer.
 */
@Injectable()
export class Answers {
  private readonly logger = log('commands.answers');
  private waiting: Answered[] = [];
  private writing: Promise<void> | undefined;
  private changed: (commandId: string) => void = () => undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly ledgers: Ledgers,
  ) {}

  onChanged(listener: (commandId: string) => void): void {
    this.changed = listener;
  }

  /** At most as many as there are requests in flight can wait here. */
  add(answered: Answered): void {
    this.waiting.push(answered);
    this.writing ??= this.writeAll();
  }

  /** Resolves when nothing waits. */
  async written(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private async writeAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        // Answers of one batch come together: waiting a moment saves a transaction for each.
        await pause(GATHER_MS);
        const some = this.waiting.splice(0, MOST_AT_ONCE);
        try {
          for (const commandId of await this.write(some)) this.changed(commandId);
        } catch (err) {
          this.logger.warn(
            { err, answers: some.length },
            'answers of nodes could not be written down; they are asked again',
          );
        }
      }
    } finally {
      this.writing = undefined;
    }
  }

  private async write(answers: readonly Answered[]): Promise<string[]> {
    return this.work.run(async (tx) => {
      const ids = answers.map((each) => each.invocationId);
      const commands = await this.ledgers.lockOf(tx, ids);
      const invocations = await this.ledgers.invocations(tx, ids);
      const moves = new Moves(invocations.values());
      for (const answer of answers) moves.add(answer.invocationId, (before) => moveOf(before, answer));
      for (const [id, command] of commands) await this.ledgers.move(tx, command, moves.of(id));
      // All that were locked: a gate that found one locked relies on it.
      return [...commands.keys()];
    });
  }
}

function moveOf(before: Invocation, { attempt, invoke, cancel }: Answered): Move | undefined {
  if (invoke) return invokeAnswered(before, attempt, invoke);
  return cancel ? cancelAnswered(before, cancel) : undefined;
}
