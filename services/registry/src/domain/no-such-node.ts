import { ApiError } from '@muster/aws-protocol';

/** What AWS answers when there is no node of that id. */
export function noSuchNode(nodeId: string): ApiError {
  return new ApiError('InvalidInstanceId', `There is no managed node ${nodeId} in this account and Region.`);
}
