import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';

/**
 * What is public is everybody's: beside the policies of its principal, the account has to be one that publishes.
 * @throws ApiError AccessDeniedException
 */
export function mayPublish(call: Pick<Call, 'caller' | 'action'>, arn: string, publishers: readonly string[]): void {
  if (publishers.includes(call.caller.account)) return;
  throw new ApiError(
    'AccessDeniedException',
    `User: ${call.caller.arn} is not authorized to perform: ${call.action} on resource: ${arn} because account ` +
      `${call.caller.account} does not publish public parameters (MUSTER_PARAMETERS_PUBLISHER_ACCOUNTS)`,
  );
}
