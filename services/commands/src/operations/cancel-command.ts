import type { CancelCommandRequest, CancelCommandResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Database, UnitOfWork } from '@muster/persistence';

import { cancelRequested } from '../domain/cancelling.js';
import { isUuid } from '../domain/uuid.js';
import { Gate } from '../gate/gate.js';
import { Cancellable } from '../store/cancellable.js';
import { CommandList } from '../store/command-list.js';
import { Ledgers } from '../store/ledgers.js';
import { Moves } from '../store/moves.js';
import { anything } from './anything.js';

@Operation('ssm', 'CancelCommand')
export class CancelCommand implements Handles<CancelCommandRequest, Acted, CancelCommandResult> {
  constructor(
    private readonly commands: CommandList,
    private readonly cancellable: Cancellable,
    private readonly ledgers: Ledgers,
    private readonly database: Database,
    private readonly work: UnitOfWork,
    private readonly gate: Gate,
  ) {}

  load(_input: Valid<CancelCommandRequest>, call: Call) {
    return anything(call);
  }

  async handle(input: Valid<CancelCommandRequest>, _loaded: Acted, call: Call) {
    const id = input.CommandId;
    if (!isUuid(id) || !(await this.commands.one(this.database, call, id))) {
      throw new ApiError('InvalidCommandId', `There is no command ${id}.`);
    }
    const nodeIds = input.InstanceIds ?? [];
    if (new Set(nodeIds).size < nodeIds.length)
      throw new ApiError('DuplicateInstanceId', 'InstanceIds names a node twice.');

    return this.work.commit<CancelCommandResult>(call, async (tx) => {
      const before = (await this.ledgers.lock(tx, [id])).get(id)!;
      // Everything, unsent first: it must not be sent any more. Or only some nodes, and the rest goes on.
      const command =
        nodeIds.length === 0 && !before.finishedAt ? await this.ledgers.stop(tx, before, 'Cancel') : before;
      const rows =
        nodeIds.length === 0 ? await this.cancellable.sentOf(tx, id) : await this.cancellable.onNodes(tx, id, nodeIds);
      const missing = nodeIds.filter((nodeId) => !rows.some((row) => row.nodeId === nodeId));
      if (missing.length > 0)
        throw new ApiError('InvalidInstanceId', `Command ${id} is not for ${missing.join(', ')}.`);
      const moves = new Moves(rows);
      for (const row of rows) moves.add(row.id, cancelRequested);
      await this.ledgers.move(tx, command, moves.of(id));
      tx.afterCommit(() => this.gate.wake([id]));
      return {};
    });
  }
}
