import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Heard, Hears, type HearsMessages } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { type Hello, HelloAnswerSchema, HelloSchema, isToken } from '@muster/contracts';
import { Ids, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { type RegistryConfig, silenceAllowedMs } from '../config.js';
import { factsOf } from '../domain/node-facts.js';
import { type Judgement, judgeHello } from '../domain/presence.js';
import { presenceEvents } from '../presence-events.js';
import { Nodes } from '../store/nodes.js';
import { type HeldPresence, Presences } from '../store/presences.js';

interface Greeted {
  readonly heard: Heard;
  /** The subject's token: what the broker let it be. */
  readonly nodeId: string;
  readonly hello: Hello;
}

interface Answer {
  readonly epoch?: string;
  readonly clockSkewMs?: bigint;
  readonly refused?: string;
}

/** Nodes that came: a batch is read, judged and written in one statement each. */
@Hears('agent.*.hello', { everyMs: 50 })
export class HearHello implements HearsMessages {
  private readonly silenceMs: number;

  constructor(
    private readonly presences: Presences,
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: RegistryConfig,
  ) {
    this.silenceMs = silenceAllowedMs(config);
  }

  async handle(messages: readonly Heard[]): Promise<void> {
    for (const round of rounds(messages.flatMap((heard) => read(heard) ?? []))) {
      const answers = await this.work.run((tx) => this.greet(tx, round));
      round.forEach(({ heard }, index) => this.answer(heard, answers[index]!));
    }
  }

  private async greet(tx: Tx, round: readonly Greeted[]): Promise<Answer[]> {
    const { now, held } = await this.presences.hold(
      tx,
      round.map((greeted) => greeted.nodeId),
    );
    const judged = round.map((greeted) => this.judge(greeted, held.get(greeted.nodeId), now));
    const known = judged.flatMap((each) => (each.judgement ? [each] : []));
    await this.presences.save(
      tx,
      known.map(({ judgement, skewMs }) => ({ presence: judgement.presence, clockSkewMs: skewMs })),
      this.silenceMs,
    );
    const alive = known.filter(({ judgement }) => judgement.kind === 'alive');
    await this.nodes.note(
      tx,
      alive.map(({ greeted }) => ({ nodeId: greeted.nodeId, ...factsOf(greeted.hello) })),
    );
    tx.announce(...known.flatMap(({ judgement, scope, skewMs }) => presenceEvents(scope, judgement, skewMs)));
    return judged.map(answerOf);
  }

  private judge(greeted: Greeted, held: HeldPresence | undefined, now: Date) {
    const skewMs = skewOf(greeted.hello, now);
    if (!held) return { greeted, skewMs };
    const judgement = judgeHello(held.presence, greeted.hello, this.ids.uuid(), { now, silenceMs: this.silenceMs });
    // A hello is always of consequence; the type knows heartbeats too.
    return judgement.kind === 'ignored' ? { greeted, skewMs } : { greeted, skewMs, judgement, scope: held.scope };
  }

  private answer(heard: Heard, answer: Answer): void {
    const message = create(HelloAnswerSchema, { ...answer, heartbeatEveryMs: BigInt(this.config.heartbeatEveryMs) });
    heard.respond(toBinary(HelloAnswerSchema, message));
  }
}

function answerOf({ greeted, judgement, skewMs }: { greeted: Greeted; judgement?: Judgement; skewMs: number }): Answer {
  const clockSkewMs = BigInt(skewMs);
  if (!judgement || judgement.kind === 'ignored') {
    const refused = `${greeted.nodeId} is not registered. Register this machine with a new activation: muster-agent register --force.`;
    return { refused };
  }
  if (judgement.kind !== 'alive') return { refused: judgement.reason, clockSkewMs };
  return { epoch: judgement.presence.epoch!, clockSkewMs };
}

/** Positive when the node's clock is ahead. A year is as far as anybody looks. */
function skewOf(hello: Hello, now: Date): number {
  const year = 365 * 24 * 60 * 60 * 1000;
  return Math.round(Math.min(year, Math.max(-year, Number(hello.clockMs) - now.getTime())));
}

/** Undefined for rubbish, and for what somebody says in another's name: it gets no answer. */
function read(heard: Heard): Greeted | undefined {
  const nodeId = heard.tokens[1]!;
  try {
    const hello = fromBinary(HelloSchema, heard.data);
    const wellFormed = [hello.fingerprint, hello.bootId, hello.connectionId].every(isToken);
    return hello.nodeId === nodeId && wellFormed ? { heard, nodeId, hello } : undefined;
  } catch {
    return undefined;
  }
}

/** Two machines with one identity, each asking a few times, come to no more. Who asks more often has to ask again. */
const MOST_ROUNDS = 8;

/** Each node at most once in a round: two hellos of one node are judged one after the other. */
function rounds(greeted: readonly Greeted[]): Greeted[][] {
  const rounds: Greeted[][] = [];
  const turn = new Map<string, number>();
  for (const each of greeted) {
    const index = turn.get(each.nodeId) ?? 0;
    turn.set(each.nodeId, index + 1);
    // A round is a transaction: one node that floods must not let all others wait for hundreds of them.
    if (index < MOST_ROUNDS) (rounds[index] ??= []).push(each);
  }
  return rounds;
}
