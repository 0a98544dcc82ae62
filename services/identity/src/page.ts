import { ApiError } from '@muster/aws-protocol';
import { type Call, nextToken, positionOf } from '@muster/bus';

/** What every list of the IAM API can be asked. */
export interface Asked {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

/** One page, with the members that tell whether there is more. */
export interface Page<R> {
  readonly items: R[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** A list that is ordered by a key. */
export interface Listing<R> {
  /** What it was narrowed by: a marker is good for the same list only. */
  readonly filters: object;
  /** Those behind a key (at first ''), as many as said. */
  read(after: string, limit: number): Promise<R[]>;
  keyOf(row: R): string;
}

/** One page of a list. @throws ApiError ValidationException for a marker of another list */
export async function page<R>(call: Call, asked: Asked, listing: Listing<R>): Promise<Page<R>> {
  const { filters } = listing;
  const limit = asked.MaxItems ?? 100;
  const found = await listing.read(beginning(call, filters, asked.Marker), limit + 1);
  const items = found.slice(0, limit);
  if (found.length <= limit) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: nextToken(call, filters, listing.keyOf(items.at(-1)!)) };
}

function beginning(call: Call, filters: object, marker: string | undefined): string {
  try {
    return positionOf<string>(call, filters, marker) ?? '';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError('ValidationException', 'Invalid Marker: use the Marker of the answer to the same request.');
  }
}
