import type { ListCommandsRequest, ListCommandsResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, nextToken, Operation, positionOf, type Valid } from '@muster/bus';
import { Database } from '@muster/persistence';

import { isUuid } from '../domain/uuid.js';
import { CommandList } from '../store/command-list.js';
import { anything } from './anything.js';
import { readFilters } from './read-filters.js';
import { shownCommand } from './shown-command.js';

const PAGE = 50;

@Operation('ssm', 'ListCommands')
export class ListCommands implements Handles<ListCommandsRequest, Acted, ListCommandsResult> {
  constructor(
    private readonly commands: CommandList,
    private readonly database: Database,
  ) {}

  load(_input: Valid<ListCommandsRequest>, call: Call) {
    return anything(call);
  }

  async handle(input: Valid<ListCommandsRequest>, _loaded: Acted, call: Call) {
    if (input.CommandId !== undefined) await this.refuseUnknown(input.CommandId, call);
    const filters = readFilters(input.Filters);
    const bound = { CommandId: input.CommandId, InstanceId: input.InstanceId, Filters: input.Filters };
    const position = positionOf<string>(call, bound, input.NextToken);
    const limit = input.MaxResults ?? PAGE;
    const rows = await this.commands.page(
      this.database,
      call,
      { ...filters, nodeId: input.InstanceId ?? null, commandId: input.CommandId ?? null },
      { before: position ?? null, limit: limit + 1 },
    );
    const page = rows.slice(0, limit);
    return {
      Commands: page.map(shownCommand),
      ...(rows.length > limit ? { NextToken: nextToken(call, bound, page.at(-1)!.id) } : {}),
    };
  }

  private async refuseUnknown(id: string, call: Call): Promise<void> {
    if (isUuid(id) && (await this.commands.one(this.database, call, id))) return;
    throw new ApiError('InvalidCommandId', `There is no command ${id}.`);
  }
}
