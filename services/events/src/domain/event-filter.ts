import type { EventScope } from '@muster/contracts';

/**
 * The subjects that a subscription is about, in its own account and region.
 * @param eventType `parameters`: all of a service; `parameters.changed`: one kind; undefined: all
 */
export function eventFilter({ account, region }: EventScope, eventType: string | undefined): string {
  const base = `events.${account}.${region}`;
  if (eventType === undefined) return `${base}.>`;
  return eventType.includes('.') ? `${base}.${eventType}` : `${base}.${eventType}.>`;
}
