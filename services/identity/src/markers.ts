import { ApiError } from '@muster/aws-protocol';
import { type Call, nextToken, positionOf } from '@muster/bus';

/** Where a page of a KMS list begins. @throws ApiError InvalidMarkerException */
export function markerOf<P = string>(call: Call, filters: object, marker: string | undefined): P | undefined {
  try {
    return positionOf<P>(call, filters, marker);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(
      'InvalidMarkerException',
      'Could not deserialize marker: use the NextMarker of the same request.',
    );
  }
}

/** How a page of a KMS list ends. @param last the position behind which the next one begins */
export function nextMarker(call: Call, filters: object, more: boolean, last: unknown) {
  return { Truncated: more, ...(more && { NextMarker: nextToken(call, filters, last) }) };
}
