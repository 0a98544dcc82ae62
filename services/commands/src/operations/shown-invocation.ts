import type { CommandInvocation, CommandPlugin } from '@aws-sdk/client-ssm';

import type { InvocationStatus } from '../domain/invocation-status.js';
import { listOutput, SHOWN_IN_LISTS } from '../domain/output-text.js';
import type { CommandStepName } from '../domain/plugin-name.js';
import type { ListedInvocation } from '../store/invocation-list.js';
import type { StepRow } from '../store/steps.js';

/** An invocation as AWS's lists show it; with its plugins when `steps` (of this invocation) are given. */
export function shownInvocation(invocation: ListedInvocation, steps?: readonly StepRow[]): CommandInvocation {
  return {
    CommandId: invocation.commandId,
    InstanceId: invocation.nodeId,
    InstanceName: invocation.nodeName,
    Comment: invocation.comment,
    DocumentName: invocation.documentName,
    DocumentVersion: invocation.documentVersion,
    RequestedDateTime: invocation.requestedAt,
    Status: invocation.status,
    StatusDetails: invocation.details,
    TraceOutput: explanation(invocation).slice(0, SHOWN_IN_LISTS),
    StandardOutputUrl: '',
    StandardErrorUrl: '',
    CommandPlugins: steps ? invocation.steps.map((step) => shownPlugin(invocation, step, steps)) : [],
    ServiceRole: '',
    NotificationConfig: { NotificationArn: '', NotificationEvents: [], NotificationType: '' as never },
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
}

function shownPlugin(invocation: ListedInvocation, name: CommandStepName, steps: readonly StepRow[]): CommandPlugin {
  const step = steps.find((each) => each.name === name.name);
  const standing = standingOfStep(invocation, step);
  return {
    Name: name.shown,
    Status: pluginStatus(standing.status),
    StatusDetails: standing.details,
    ResponseCode: step ? step.exitCode : -1,
    ...(step?.startedAt ? { ResponseStartDateTime: step.startedAt } : {}),
    ...(step?.finishedAt ? { ResponseFinishDateTime: step.finishedAt } : {}),
    Output: step ? listOutput(step.stdoutHead, step.stderrHead) : '',
    StandardOutputUrl: '',
    StandardErrorUrl: '',
    OutputS3Region: '',
    OutputS3BucketName: '',
    OutputS3KeyPrefix: '',
  };
}

/**
 * How a step stands: as the node reported it, unless the invocation was given up before: then what it did is told
 * beside it (`explanation`), and nothing here claims another end.
 */
export function standingOfStep(invocation: ListedInvocation, step: StepRow | undefined) {
  return step && !invocation.observed ? step : invocation;
}

/** Plugins know neither Delayed nor Cancelling. */
function pluginStatus(status: InvocationStatus): NonNullable<CommandPlugin['Status']> {
  if (status === 'Delayed') return 'Pending';
  return status === 'Cancelling' ? 'InProgress' : status;
}

/** For a person: why it stands so, and what the node did in truth when it was given up too early. Empty when all is plain. */
export function explanation({ status, reason, observed }: ListedInvocation): string {
  const seen = observed
    ? `The node reported later: ${observed.details}, exit code ${observed.responseCode}` +
      `${observed.finishedAt ? `, ended ${observed.finishedAt}` : ''}.`
    : '';
  const why = status === 'Success' ? '' : reason;
  return [why, seen].filter(Boolean).join(' ');
}
