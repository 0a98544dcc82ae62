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

/**
 * One page of a list that is ordered by a key.
 * @param filters what else was asked: a marker is good for the same list only
 * @param read those behind a key (at first ''), as many as said
 */
export async function page<R>(
  call: Call,
  asked: Asked,
  filters: object,
  read: (after: string, limit: number) => Promise<R[]>,
  keyOf: (row: R) => string,
): Promise<Page<R>> {
  const limit = asked.MaxItems ?? 100;
  const found = await read(positionOf<string>(call, filters, asked.Marker) ?? '', limit + 1);
  const items = found.slice(0, limit);
  if (found.length <= limit) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: nextToken(call, filters, keyOf(items.at(-1)!)) };
}
