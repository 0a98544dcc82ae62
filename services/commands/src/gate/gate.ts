import { setTimeout as pause } from 'node:timers/promises';

import { CONFIG } from '@muster/config';
import { UnitOfWork } from '@muster/persistence';
import { contextFrom, log, SpanKind, withSpan } from '@muster/telemetry';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';
import type { CommandRow } from '../store/command-row.js';
import { type DueInvocation, GateQueue } from '../store/gate-queue.js';
import { Ledgers } from '../store/ledgers.js';
import { Dispatcher } from './dispatcher.js';
import { Room } from './room.js';

/** More would only wait for connections to the database, and let API calls wait with them. */
const PASSES_AT_ONCE = 4;
const DRAIN_MS = 1_000;

interface Batch {
  readonly command: CommandRow;
  readonly due: readonly DueInvocation[];
}

/**
 * The only way to a node. A pass locks the command's row, gives its free slots to the next invocations, commits, and only
 * then hands them to be sent. Waking it is cheap; what a crash forgot to wake, a sweep does.
 */
@Injectable()
export class Gate implements OnModuleDestroy {
  private readonly logger = log('commands.gate');
  private readonly awake = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly passes = new Room(PASSES_AT_ONCE);
  private closed = false;

  constructor(
    private readonly work: UnitOfWork,
    private readonly ledgers: Ledgers,
    private readonly queue: GateQueue,
    private readonly dispatcher: Dispatcher,
    @Inject(CONFIG) private readonly config: CommandsConfig,
  ) {
    dispatcher.onChanged((commandId) => this.wake([commandId]));
  }

  /** Looks at these commands soon: one pass at a time for each, and another one when woken in the middle. */
  wake(commandIds: Iterable<string>): void {
    if (this.closed) return;
    for (const id of commandIds) {
      this.awake.add(id);
      if (!this.running.has(id)) this.running.set(id, this.run(id));
    }
  }

  /** Marks nothing more; resolves when what was answered is written down. Slow nodes are not waited for. */
  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    this.awake.clear();
    await Promise.race([Promise.all(this.running.values()), pause(DRAIN_MS, undefined, { ref: false })]);
    await this.dispatcher.drained();
  }

  private async run(commandId: string): Promise<void> {
    // Woken by a transaction's afterCommit: the pass is not part of its trace, nor of its call.
    await Promise.resolve();
    try {
      while (this.awake.delete(commandId)) {
        while (!this.closed && (await this.inTurn(() => this.pass(commandId)))) {
          // Until nothing is due any more.
        }
      }
    } catch (err) {
      this.logger.warn({ err, commandId }, 'a pass of the gate failed; the sweep tries again');
    } finally {
      this.running.delete(commandId);
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = await this.passes.share(1);
    try {
      return await work();
    } finally {
      turn.giveBack();
    }
  }

  /** @returns whether there may be more to send at once */
  private async pass(commandId: string): Promise<boolean> {
    const room = await this.dispatcher.room(this.config.batch);
    try {
      const batch = await this.work.run(async (tx) => {
        const command = await this.ledgers.tryLock(tx, commandId);
        if (!command) return undefined;
        const again = await this.queue.again(tx, command, room.size, this.config.leaseMs);
        const slots = Math.min(room.size - again.length, command.concurrencyLimit - command.sent);
        const first = await this.queue.takeSlots(tx, command, slots, this.config.leaseMs);
        await this.ledgers.slotsTaken(tx, command, first.length);
        return { command, due: [...again, ...first] };
      });
      if (!batch || batch.due.length === 0) return false;
      void this.send(batch, room.take(batch.due.length));
      return true;
    } finally {
      room.giveBack();
    }
  }

  private async send({ command, due }: Batch, ended: (count: number) => void): Promise<void> {
    try {
      await withSpan(
        'muster.gate.send',
        {
          kind: SpanKind.PRODUCER,
          parent: contextFrom(command.traceparent ?? undefined),
          attributes: { 'muster.command_id': command.id, 'muster.invocations': due.length },
        },
        () => this.dispatcher.send(command, due, () => ended(1)),
      );
    } catch (err) {
      this.logger.warn({ err, commandId: command.id }, 'a batch was not sent; its leases run out');
    } finally {
      ended(due.length);
    }
  }
}
