import { createHash } from 'node:crypto';

import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';
import type { BuiltInDocument } from '@muster/documents';

import { BadTargets, targetSelection, type TargetSelection } from '../domain/target-selection.js';

/** Who the command is for. @throws ApiError */
export function readTargets(input: Valid<SendCommandRequest>): TargetSelection {
  const instanceIds = input.InstanceIds ?? [];
  if (new Set(instanceIds).size < instanceIds.length) {
    throw new ApiError('DuplicateInstanceId', 'InstanceIds names a node twice.');
  }
  try {
    return targetSelection({ instanceIds, targets: input.Targets ?? [] });
  } catch (error) {
    if (error instanceof BadTargets) throw new ApiError('InvalidTarget', error.message);
    throw error;
  }
}

/**
 * Refuses what this version cannot honour: a caller who asks for his output in a bucket must not believe that it is there.
 * @throws ApiError
 */
export function refuseUnsupported(input: Valid<SendCommandRequest>, document: BuiltInDocument): void {
  const { DocumentVersion: version, DocumentHash: hash, DocumentHashType: hashType } = input;
  if (version !== undefined && !['$DEFAULT', '$LATEST', document.version].includes(version)) {
    throw new ApiError('InvalidDocumentVersion', `Document ${document.name} has no version ${version}.`);
  }
  if (hashType === 'Sha1') throw unsupported('DocumentHashType Sha1', 'Use Sha256.');
  if (hash !== undefined && hash.toLowerCase() !== createHash('sha256').update(document.content).digest('hex')) {
    throw new ApiError('InvalidDocument', `The hash is not the one of document ${document.name}.`);
  }
  if (Object.values(input.Parameters ?? {}).some((values) => values.some((value) => /\{\{\s*ssm:/.test(value)))) {
    // AWS puts the parameter's value there; as it stands, it would reach the script.
    throw new ApiError(
      'InvalidParameters',
      '{{ssm:…}} is not resolved by this version of Muster. Read the parameter first, or in the script.',
    );
  }
  if (input.OutputS3BucketName !== undefined || input.OutputS3KeyPrefix !== undefined) {
    throw unsupported('OutputS3BucketName', 'Muster keeps the whole output itself; leave it out.');
  }
  if (input.CloudWatchOutputConfig?.CloudWatchOutputEnabled) {
    throw unsupported('CloudWatchOutputConfig', 'Muster keeps the whole output itself; leave it out.');
  }
  if (input.AlarmConfiguration !== undefined) throw unsupported('AlarmConfiguration', 'Leave it out.');
  if (input.ServiceRoleArn) {
    throw new ApiError('InvalidRole', 'ServiceRoleArn is not supported by this version of Muster. Leave it out.');
  }
  if (input.NotificationConfig?.NotificationArn) {
    const message = 'NotificationConfig is not supported by this version of Muster. Subscribe to its events instead.';
    throw new ApiError('InvalidNotificationConfig', message);
  }
}

function unsupported(what: string, next: string): ApiError {
  return new ApiError('ValidationException', `${what} is not supported by this version of Muster. ${next}`);
}
