import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  HeartbeatSchema,
  type HelloAnswer,
  HelloAnswerSchema,
  HelloSchema,
  type NodeFacts,
  subjects,
} from '@muster/contracts';
import type { Logger } from '@muster/telemetry';

import { BackOff } from '../work/back-off.js';
import type { BusLink } from './bus-link.js';
import type { NodeWork } from './node-work.js';

/** Who this node is, for a hello. */
export interface NodeIdentity {
  readonly nodeId: string;
  readonly fingerprint: string;
  readonly bootId: string;
  readonly plugins: readonly string[];
  facts(): NodeFacts;
}

/** How the link stands, for people. */
export interface LinkState {
  readonly state: 'away' | 'connected' | 'granted' | 'refused';
  readonly detail: string;
  readonly sinceMs: number;
  readonly clockSkewMs?: number;
}

const helloWithinMs = 5_000;
const refusedAgainMs = 30_000;
const grantedAgainMs = 300_000;

/** Says hello on every new connection until an epoch is granted, and then that the node lives. */
export class ControlLink {
  private granted: { readonly epoch: string; readonly connectionId: string } | undefined;
  private attempt = new AbortController();
  private heartbeat: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: BusLink,
    private readonly identity: NodeIdentity,
    private readonly work: NodeWork,
    private readonly log: Logger,
    private readonly tell: (state: LinkState) => void,
    private readonly helloAgainMs = grantedAgainMs,
  ) {}

  /** The epoch that requests must name; none while no hello is answered. */
  get epoch(): string | undefined {
    return this.granted?.epoch;
  }

  /** A connection stands: the epoch of the one before is over. */
  up(): void {
    this.down('a new connection');
    this.attempt = new AbortController();
    void this.greet(randomUUID(), this.attempt.signal);
  }

  down(reason: string): void {
    this.attempt.abort();
    this.forget();
    this.tell({ state: this.bus.up ? 'connected' : 'away', detail: reason, sinceMs: Date.now() });
  }

  private forget(): void {
    clearInterval(this.heartbeat);
    clearInterval(this.again);
    this.granted = undefined;
  }

  private async greet(connectionId: string, signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(250, 15_000);
    let said = '';
    while (!signal.aborted) {
      const answer = await this.ask(connectionId);
      if (signal.aborted) return;
      if (typeof answer !== 'string' && answer.refused === undefined) return this.grant(answer, connectionId);

      const problem = typeof answer === 'string' ? answer : `The control plane refused this node: ${answer.refused}`;
      if (problem !== said) this.log.warn(problem);
      said = problem;
      const state = typeof answer === 'string' ? 'connected' : 'refused';
      this.tell({ state, detail: problem, sinceMs: Date.now() });
      const pauseMs = typeof answer === 'string' ? backOff.nextMs() : refusedAgainMs;
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** The answer, or why there is none. */
  private async ask(connectionId: string): Promise<HelloAnswer | string> {
    const { nodeId, fingerprint, bootId, plugins } = this.identity;
    const { unsettled, running } = this.work.standing();
    const hello = create(HelloSchema, {
      nodeId,
      fingerprint,
      bootId,
      connectionId,
      facts: this.identity.facts(),
      plugins: [...plugins],
      clockMs: BigInt(Date.now()),
      unsettled: [...unsettled],
      running: [...running],
    });
    try {
      const reply = await this.bus.nats.request(subjects.hello(nodeId), toBinary(HelloSchema, hello), {
        timeout: helloWithinMs,
      });
      const answer = fromBinary(HelloAnswerSchema, reply.data);
      return answer.epoch === '' && answer.refused === undefined ? 'The hello was answered without an epoch.' : answer;
    } catch (error) {
      return `The control plane does not answer (${(error as Error).message}); asking again.`;
    }
  }

  private grant(answer: HelloAnswer, connectionId: string): void {
    this.granted = { epoch: answer.epoch, connectionId };
    const everyMs = Math.max(1_000, Number(answer.heartbeatEveryMs));
    this.heartbeat = setInterval(() => this.beat(), everyMs).unref();
    const { signal } = this.attempt;
    this.again = setInterval(() => void this.confirm(connectionId, signal), this.helloAgainMs).unref();
    this.tell({
      state: 'granted',
      detail: `epoch ${answer.epoch}`,
      sinceMs: Date.now(),
      clockSkewMs: Number(answer.clockSkewMs),
    });
    this.log.info(
      { epoch: answer.epoch, clockSkewMs: Number(answer.clockSkewMs) },
      'the control plane knows this node',
    );
    this.work.granted();
  }

  /** Who granted the epoch may have lost it since, as with a database put back from a backup: then it is asked for anew. */
  private async confirm(connectionId: string, signal: AbortSignal): Promise<void> {
    const answer = await this.ask(connectionId);
    if (signal.aborted || typeof answer === 'string' || answer.epoch === this.granted?.epoch) return;
    this.log.warn({ refused: answer.refused }, 'the control plane does not know the epoch of this node any more');
    this.forget();
    if (answer.refused === undefined) this.grant(answer, connectionId);
    else void this.greet(connectionId, signal);
  }

  private beat(): void {
    if (!this.granted || !this.bus.up) return;
    const { nodeId } = this.identity;
    const beat = create(HeartbeatSchema, {
      nodeId,
      ...this.granted,
      running: this.work.standing().running.length,
      clockMs: BigInt(Date.now()),
    });
    this.bus.nats.publish(subjects.heartbeat(nodeId), toBinary(HeartbeatSchema, beat));
  }
}
