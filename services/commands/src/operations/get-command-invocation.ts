import type { GetCommandInvocationRequest, GetCommandInvocationResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Database } from '@muster/persistence';

import { elapsedTime } from '../domain/elapsed-time.js';
import { firstCharacters, SHOWN_STDERR, SHOWN_STDOUT, withReason } from '../domain/output-text.js';
import { stepNamed } from '../domain/plugin-name.js';
import { isUuid } from '../domain/uuid.js';
import { InvocationList } from '../store/invocation-list.js';
import { Steps } from '../store/steps.js';
import { anything } from './anything.js';
import { explanation, standingOfStep } from './shown-invocation.js';

@Operation('ssm', 'GetCommandInvocation')
export class GetCommandInvocation implements Handles<
  GetCommandInvocationRequest,
  ReturnType<typeof anything>,
  GetCommandInvocationResult
> {
  constructor(
    private readonly invocations: InvocationList,
    private readonly steps: Steps,
    private readonly database: Database,
  ) {}

  load(_input: Valid<GetCommandInvocationRequest>, call: Call) {
    return anything(call);
  }

  async handle(input: Valid<GetCommandInvocationRequest>, _loaded: unknown, call: Call) {
    if (!isUuid(input.CommandId))
      throw new ApiError('InvalidCommandId', `${input.CommandId} is not the id of a command.`);
    const invocation = await this.invocations.one(this.database, call, input.CommandId, input.InstanceId);
    if (!invocation) {
      const message = `Command ${input.CommandId} has no invocation on ${input.InstanceId}.`;
      throw new ApiError('InvocationDoesNotExist', message);
    }
    const name = stepNamed(invocation.steps, input.PluginName);
    if (!name) {
      const names = invocation.steps.map((each) => each.shown).join(', ');
      throw new ApiError('InvalidPluginName', `Say which of the plugins of the document: ${names}.`);
    }
    const step = (await this.steps.of(this.database, [invocation.id])).find((each) => each.name === name.name);
    const standing = standingOfStep(invocation, step);
    const started = step?.startedAt ?? (invocation.observed ? null : invocation.startedAt);
    const ended = step?.finishedAt ?? null;
    const stderr = step ? firstCharacters(step.stderrHead, SHOWN_STDERR) : '';
    // A script that came to its end speaks for itself: status and exit code say the rest.
    const plain = step !== undefined && step.exitCode >= 0 && !invocation.observed;
    return {
      CommandId: invocation.commandId,
      InstanceId: invocation.nodeId,
      Comment: invocation.comment,
      DocumentName: invocation.documentName,
      DocumentVersion: invocation.documentVersion,
      PluginName: name.shown,
      ResponseCode: step && !invocation.observed ? step.exitCode : -1,
      // Texts, and empty ones until there is something to say: as AWS.
      ExecutionStartDateTime: started?.toISOString() ?? '',
      ExecutionElapsedTime: started && ended ? elapsedTime(started, ended) : '',
      ExecutionEndDateTime: ended?.toISOString() ?? '',
      Status: standing.status,
      StatusDetails: standing.details,
      StandardOutputContent: step ? firstCharacters(step.stdoutHead, SHOWN_STDOUT) : '',
      StandardOutputUrl: '',
      StandardErrorContent: withReason(stderr, plain ? '' : explanation(invocation)),
      StandardErrorUrl: '',
      CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
    };
  }
}
