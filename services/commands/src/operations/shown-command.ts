import type { Command } from '@aws-sdk/client-ssm';

import { completedOf, errorsOf } from '../domain/ledger.js';
import type { CommandRow } from '../store/command-row.js';

/** A command as AWS shows it. */
export function shownCommand(command: CommandRow): Command {
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: command.expiresAt,
    Parameters: command.parameters as Record<string, string[]>,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: command.requestedAt,
    Status: command.status,
    StatusDetails: command.statusDetails,
    OutputS3BucketName: '',
    OutputS3KeyPrefix: '',
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: command.targetCount,
    CompletedCount: completedOf(command),
    ErrorCount: errorsOf(command),
    DeliveryTimedOutCount: command.delivery_timed_out,
    ServiceRole: '',
    NotificationConfig: { NotificationArn: '', NotificationEvents: [], NotificationType: '' as never },
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
    TimeoutSeconds: command.timeoutSeconds,
  };
}
