import type { ListCommandInvocationsRequest, ListCommandInvocationsResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, nextToken, Operation, positionOf, type Valid } from '@muster/bus';
import { Database } from '@muster/persistence';

import { isUuid } from '../domain/uuid.js';
import { InvocationList, type InvocationPosition, type ListedInvocation } from '../store/invocation-list.js';
import { type StepRow, Steps } from '../store/steps.js';
import { anything } from './anything.js';
import { readFilters } from './read-filters.js';
import { shownInvocation } from './shown-invocation.js';

const PAGE = 50;

@Operation('ssm', 'ListCommandInvocations')
export class ListCommandInvocations implements Handles<
  ListCommandInvocationsRequest,
  Acted,
  ListCommandInvocationsResult
> {
  constructor(
    private readonly invocations: InvocationList,
    private readonly steps: Steps,
    private readonly database: Database,
  ) {}

  load(_input: Valid<ListCommandInvocationsRequest>, call: Call) {
    return anything(call);
  }

  async handle(input: Valid<ListCommandInvocationsRequest>, _loaded: Acted, call: Call) {
    if (input.CommandId !== undefined && !isUuid(input.CommandId)) {
      throw new ApiError('InvalidCommandId', `${input.CommandId} is not the id of a command.`);
    }
    const filters = readFilters(input.Filters);
    if (filters.stage !== null) {
      throw new ApiError('InvalidFilterKey', 'The filter ExecutionStage is for ListCommands only.');
    }
    const bound = { CommandId: input.CommandId, InstanceId: input.InstanceId, Filters: input.Filters };
    const after = positionOf<InvocationPosition>(call, bound, input.NextToken) ?? null;
    const limit = input.MaxResults ?? PAGE;
    const which = { ...filters, nodeId: input.InstanceId ?? null };
    const page = { after, limit: limit + 1 };
    const rows =
      input.CommandId === undefined
        ? await this.invocations.page(this.database, call, which, page)
        : await this.invocations.pageOfCommand(this.database, call, input.CommandId, which, page);
    const shown = rows.slice(0, limit);
    const steps = input.Details ? await this.stepsOf(shown) : undefined;
    const last = shown.at(-1);
    return {
      CommandInvocations: shown.map((row) => shownInvocation(row, steps && (steps.get(row.id) ?? []))),
      ...(rows.length > limit && last
        ? { NextToken: nextToken(call, bound, { commandId: last.commandId, nodeId: last.nodeId }) }
        : {}),
    };
  }

  private async stepsOf(rows: readonly ListedInvocation[]): Promise<Map<string, StepRow[]>> {
    const steps = await this.steps.of(
      this.database,
      rows.map((row) => row.id),
    );
    const byInvocation = new Map<string, StepRow[]>();
    for (const step of steps)
      byInvocation.set(step.invocationId, [...(byInvocation.get(step.invocationId) ?? []), step]);
    return byInvocation;
  }
}
