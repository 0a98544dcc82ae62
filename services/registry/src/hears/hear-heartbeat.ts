import { fromBinary } from '@bufbuild/protobuf';
import { type Heard, Hears, type HearsMessages } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { HeartbeatSchema, isToken, observationResumed } from '@muster/contracts';
import { formatArn } from '@muster/iam';
import { type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { type RegistryConfig, silenceAllowedMs } from '../config.js';
import { type Beat, judgeHeartbeat } from '../domain/presence.js';
import { presenceEvents } from '../presence-events.js';
import { PULSE_ID } from '../pulse.js';
import { Observation } from '../store/observation.js';
import { Presences } from '../store/presences.js';

type NodeBeat = Beat & { readonly nodeId: string };

/**
 * Nodes that live. Most of a batch is one statement; what is unusual (back again, a rival, another epoch) is judged.
 * Registry's own pulse comes the same way: when it was handled, what came before it was too.
 */
@Hears('agent.*.heartbeat', { everyMs: 50 })
export class HearHeartbeat implements HearsMessages {
  private readonly silenceMs: number;

  constructor(
    private readonly presences: Presences,
    private readonly observation: Observation,
    private readonly work: UnitOfWork,
    @Inject(CONFIG) config: RegistryConfig,
  ) {
    this.silenceMs = silenceAllowedMs(config);
  }

  async handle(messages: readonly Heard[]): Promise<void> {
    // The latest of a node and connection says all that the earlier ones said.
    const beats = new Map(messages.flatMap(read).map((beat) => [`${beat.nodeId} ${beat.connectionId}`, beat]));
    if (beats.size > 0) {
      const prolonged = await this.presences.prolong([...beats.values()], this.silenceMs);
      const unusual = [...beats.values()].filter((beat) => !prolonged.has(beat.nodeId));
      if (unusual.length > 0) await this.work.run((tx) => this.judge(tx, unusual));
    }
    if (messages.some((heard) => heard.tokens[1] === PULSE_ID)) await this.work.run((tx) => this.listened(tx));
  }

  private async judge(tx: Tx, beats: readonly NodeBeat[]): Promise<void> {
    const { now, held } = await this.presences.hold(
      tx,
      beats.map((beat) => beat.nodeId),
    );
    const changed = beats.flatMap((beat) => {
      const before = held.get(beat.nodeId);
      if (!before) return [];
      const judgement = judgeHeartbeat(before.presence, beat, { now, silenceMs: this.silenceMs });
      if (judgement.kind === 'ignored') return [];
      held.set(beat.nodeId, { ...before, presence: judgement.presence });
      return [{ judgement, scope: before.scope }];
    });
    if (changed.length === 0) return;
    const last = new Map(changed.map(({ judgement }) => [judgement.presence.nodeId, judgement.presence]));
    await this.presences.save(
      tx,
      [...last.values()].map((presence) => ({ presence })),
      this.silenceMs,
    );
    tx.announce(...changed.flatMap(({ judgement, scope }) => presenceEvents(scope, judgement)));
  }

  private async listened(tx: Tx): Promise<void> {
    const gap = await this.observation.listened(tx);
    if (!gap) return;
    for (const scope of gap.scopes) {
      const subject = formatArn({ service: 'ssm', ...scope, resource: 'managed-instance/*' });
      tx.announce(observationResumed(scope, subject, { gapMs: gap.gapMs }));
    }
  }
}

function read(heard: Heard): NodeBeat[] {
  const nodeId = heard.tokens[1]!;
  if (nodeId === PULSE_ID) return [];
  try {
    const { epoch, connectionId, nodeId: said } = fromBinary(HeartbeatSchema, heard.data);
    return said === nodeId && isToken(epoch) && isToken(connectionId) ? [{ nodeId, epoch, connectionId }] : [];
  } catch {
    return [];
  }
}
