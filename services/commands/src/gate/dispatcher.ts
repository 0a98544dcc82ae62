import { setTimeout as pause } from 'node:timers/promises';

import { create } from '@bufbuild/protobuf';
import { Bus, Fleet } from '@muster/bus';
import { CONFIG } from '@muster/config';
import {
  CancelAnswer_State as CancelState,
  CancelAnswerSchema,
  CancelSchema,
  InvokeAnswer_Verdict as Verdict,
  InvokeAnswerSchema,
  InvokeSchema,
  type NodeVerb,
  Registry,
  type Route,
  subjects,
} from '@muster/contracts';
import { Database } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';
import type { CancelAnswer } from '../domain/cancelling.js';
import type { InvokeAnswer } from '../domain/invoke-answer.js';
import { nodeText } from '../domain/node-text.js';
import type { CommandRow } from '../store/command-row.js';
import { type DueInvocation, GateQueue } from '../store/gate-queue.js';
import { Answers } from './answers.js';
import { NodeMessages } from './node-messages.js';
import { Room, type Share } from './room.js';

const ROUTES_WITHIN_MS = 5_000;
const DRAIN_MS = 1_000;

/** Asks nodes, and has their answers written down. Bounded: the gate marks only what there is room for. */
@Injectable()
export class Dispatcher {
  private readonly logger = log('commands.dispatcher');
  private readonly inFlight: Room;
  private readonly open = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly fleet: Fleet,
    private readonly database: Database,
    private readonly queue: GateQueue,
    private readonly messages: NodeMessages,
    private readonly answers: Answers,
    @Inject(CONFIG) private readonly config: CommandsConfig,
  ) {
    this.inFlight = new Room(config.requestsInFlight);
  }

  /** Called with each command of which answers were written down. */
  onChanged(listener: (commandId: string) => void): void {
    this.answers.onChanged(listener);
  }

  room(most: number): Promise<Share> {
    return this.inFlight.share(most);
  }

  /** Asks all of these nodes at once. Resolves when each has answered, or has not; `ended` is called for each by itself. */
  async send(command: CommandRow, due: readonly DueInvocation[], ended: () => void): Promise<void> {
    const sending = this.sendAll(command, due, ended);
    this.open.add(sending);
    await sending.finally(() => this.open.delete(sending));
  }

  /**
   * Resolves when what was answered is written down. Nodes that are slow to answer are not waited for: another replica,
   * or the next start, asks them again with the same id.
   */
  async drained(): Promise<void> {
    await Promise.race([Promise.allSettled(this.open), pause(DRAIN_MS, undefined, { ref: false })]);
    await this.answers.written();
  }

  private async sendAll(command: CommandRow, due: readonly DueInvocation[], ended: () => void): Promise<void> {
    const ready = await this.prepare(command, due);
    await Promise.all(
      due.map(async (each) => {
        const route = ready?.routes.get(each.nodeId);
        if (each.what === 'cancel') {
          const answer = await this.cancel(command, each, route);
          this.answers.add({ invocationId: each.id, attempt: each.attempt, cancel: answer });
        } else {
          const answer = ready ? await this.invoke(command, each, route, ready.document) : unreachable;
          if (answer) this.answers.add({ invocationId: each.id, attempt: each.attempt, invoke: answer });
        }
        ended();
      }),
    );
  }

  /** Where the nodes are, and the document. Undefined when that cannot be found out: then nothing is sent. */
  private async prepare(command: CommandRow, due: readonly DueInvocation[]) {
    try {
      const [{ routes }, document] = await Promise.all([
        this.bus.rpc(
          Registry.method.routesOf,
          { nodeIds: due.map((each) => each.nodeId) },
          { deadlineMs: ROUTES_WITHIN_MS },
        ),
        this.queue.document(this.database, command.id),
      ]);
      return { routes: new Map(routes.map((route) => [route.nodeId, route])), document };
    } catch (err) {
      this.logger.warn({ err, commandId: command.id }, 'no routes to nodes: nothing is sent');
      return undefined;
    }
  }

  /** Undefined: the node said nothing. Its lease runs out and it is asked again. */
  private async invoke(
    command: CommandRow,
    due: DueInvocation,
    route: Route | undefined,
    document: string,
  ): Promise<InvokeAnswer | undefined> {
    if (!route) return { kind: 'gone' };
    if (route.blocked !== undefined) return { kind: 'blocked', reason: route.blocked };
    if (route.epoch === undefined) return { kind: 'offline' };
    const asked = await this.ask(route, route.epoch, due, 'invoke', InvokeAnswerSchema, {
      case: 'invoke',
      value: create(InvokeSchema, {
        commandId: command.id,
        documentName: command.documentName,
        documentVersion: command.documentVersion,
        document,
        parameters: JSON.stringify(command.parameters),
        startWithinMs: BigInt(Math.max(0, Math.floor(due.startWithinMs))),
        outputLimitBytes: BigInt(this.config.outputLimitBytes),
        account: command.account,
        region: command.region,
      }),
    });
    if (asked.kind !== 'answered') return asked.kind === 'offline' ? asked : undefined;
    const { verdict } = asked.answer;
    const reason = nodeText(asked.answer.reason);
    switch (verdict) {
      case Verdict.ACCEPTED:
        return { kind: 'accepted' };
      case Verdict.NO_SPACE:
        return { kind: 'no-space', reason };
      case Verdict.CANCELLED:
        return { kind: 'cancelled' };
      case Verdict.INVALID_PLATFORM:
        return { kind: 'invalid-platform', reason };
      case Verdict.REFUSED:
        return { kind: 'refused', reason };
      default:
        return undefined;
    }
  }

  private async cancel(command: CommandRow, due: DueInvocation, route: Route | undefined): Promise<CancelAnswer> {
    if (route?.epoch === undefined) return { kind: 'not-heard' };
    const asked = await this.ask(route, route.epoch, due, 'cancel', CancelAnswerSchema, {
      case: 'cancel',
      value: create(CancelSchema, { commandId: command.id }),
    });
    if (asked.kind !== 'answered') return { kind: 'not-heard' };
    switch (asked.answer.state) {
      case CancelState.TOMBSTONED:
        return { kind: 'tombstoned' };
      case CancelState.STOPPING:
      case CancelState.FINISHED:
        return { kind: 'report-follows' };
      default:
        return { kind: 'not-heard' };
    }
  }

  private ask<S extends typeof InvokeAnswerSchema | typeof CancelAnswerSchema>(
    route: Route,
    epoch: string,
    due: DueInvocation,
    verb: NodeVerb,
    answer: S,
    content: Parameters<NodeMessages['seal']>[1]['content'],
  ) {
    const message = this.messages.seal(route, {
      epoch,
      verb,
      invocationId: due.id,
      validForMs: this.config.leaseMs,
      content,
    });
    return this.fleet.request(subjects.node(route.nodeId, epoch, verb), message, answer, {
      deadlineMs: this.config.answerWithinMs,
    });
  }
}

const unreachable: InvokeAnswer = { kind: 'unreachable' };
