import { toBinary } from '@bufbuild/protobuf';
import { Consumes, type ConsumesFleet, type FleetMessage } from '@muster/bus';
import { invocationCorrected, type StatusReport, StatusReportSchema, subjects } from '@muster/contracts';
import type { Tx } from '@muster/persistence';

import { isFinalReport, type Observed, reported } from '../domain/status-report.js';
import { isUuid } from '../domain/uuid.js';
import { Gate } from '../gate/gate.js';
import { Settling } from '../gate/settling.js';
import type { CommandRow } from '../store/command-row.js';
import { ForeignMessages } from '../store/foreign-messages.js';
import type { InvocationRow } from '../store/invocation-row.js';
import { Ledgers, nodeArn } from '../store/ledgers.js';
import { Moves } from '../store/moves.js';
import { Observations } from '../store/observations.js';
import { Steps } from '../store/steps.js';

type Message = FleetMessage<typeof StatusReportSchema>;

const DURABLE = 'commands-take-status';

/** What nodes report: moves invocations, forward only, in bulk; then the nodes may forget what is committed. */
@Consumes({ topic: 'status', schema: StatusReportSchema }, { durable: DURABLE, batch: 500 })
export class TakeStatus implements ConsumesFleet<typeof StatusReportSchema> {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly steps: Steps,
    private readonly observations: Observations,
    private readonly foreign: ForeignMessages,
    private readonly settling: Settling,
    private readonly gate: Gate,
  ) {}

  async handle(messages: readonly Message[], tx: Tx): Promise<void> {
    const ids = [...new Set(messages.map(({ message }) => message.invocationId).filter(isUuid))];
    const commands = await this.ledgers.lockOf(tx, ids);
    const invocations = await this.ledgers.invocations(tx, ids);
    const { own, foreign } = sort(messages, invocations);
    await this.foreign.keep(tx, foreign);

    const moves = new Moves(invocations.values());
    const observed: { invocation: InvocationRow; observed: Observed }[] = [];
    for (const { message } of own) {
      const before = moves.current(message.invocationId);
      if (!before) continue;
      const result = reported(before, message);
      if (result.kind === 'moved') moves.add(before.id, () => result.move);
      if (result.kind === 'corrected') observed.push({ invocation: before, observed: result.observed });
    }
    for (const [id, command] of commands) await this.ledgers.move(tx, command, moves.of(id));

    const final = own.map(({ message }) => message).filter(isFinalReport);
    await this.steps.keep(tx, reportsOf(final, invocations));
    await this.keepObserved(tx, observed, commands);

    tx.afterCommit(() => this.gate.wake(commands.keys()));
    tx.afterCommit(() => this.settling.settle(own.filter(({ message }) => isFinalReport(message)).map(settles)));
  }

  private async keepObserved(
    tx: Tx,
    rows: readonly { readonly invocation: InvocationRow; readonly observed: Observed }[],
    commands: ReadonlyMap<string, CommandRow>,
  ): Promise<void> {
    // Of several for one invocation the first counts, as in the row.
    const byId = new Map([...rows].reverse().map((row) => [row.invocation.id, row]));
    const kept = await this.observations.keep(
      tx,
      [...byId].map(([id, { observed }]) => ({ id, observed })),
    );
    for (const [id, { invocation, observed }] of byId) {
      const command = commands.get(invocation.commandId);
      if (!kept.has(id) || !command) continue;
      tx.announce(
        invocationCorrected(command, nodeArn(command, invocation.nodeId), {
          'command-id': command.id,
          'document-name': command.documentName,
          'instance-id': invocation.nodeId,
          status: invocation.status,
          'status-details': invocation.details,
          'observed-status': observed.status,
          'observed-status-details': observed.details,
          'observed-response-code': observed.responseCode,
        }),
      );
    }
  }
}

/** Only the subject says who speaks; what a node says about another one's invocation is dropped. */
function sort(messages: readonly Message[], invocations: ReadonlyMap<string, InvocationRow>) {
  const own: Message[] = [];
  const foreign = [];
  for (const message of messages) {
    const { nodeId, sequence, message: report } = message;
    const invocation = invocations.get(report.invocationId);
    if (!invocation || invocation.nodeId === nodeId) {
      own.push(message);
    } else {
      foreign.push({
        durable: DURABLE,
        subject: subjects.fleet(nodeId, 'status'),
        sequence,
        body: toBinary(StatusReportSchema, report),
        reason: `invocation ${report.invocationId} belongs to another node`,
      });
    }
  }
  return { own, foreign };
}

function reportsOf(final: readonly StatusReport[], invocations: ReadonlyMap<string, InvocationRow>) {
  return final.flatMap(({ invocationId, steps }) => {
    const invocation = invocations.get(invocationId);
    return invocation ? [{ invocationId, cancelRequested: invocation.cancelRequested, steps }] : [];
  });
}

function settles({ nodeId, message }: Message) {
  return { nodeId, invocationId: message.invocationId };
}
