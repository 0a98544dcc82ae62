/** Durables of subscriptions; services' own begin with their names. */
const PREFIX = 'sub-';

/**
 * The name of a new durable. Never used a second time, so that a credential for one that is gone reaches nothing, also when
 * a subscription of the same name is made anew.
 * @param uuid a UUIDv7
 */
export function durableName(uuid: string): string {
  return PREFIX + uuid.replaceAll('-', '');
}

/** When a durable of a subscription got its name; undefined for one that is none. */
export function namedAt(durable: string): Date | undefined {
  const [, hex] = /^sub-([0-9a-f]{12})7[0-9a-f]{19}$/.exec(durable) ?? [];
  return hex === undefined ? undefined : new Date(parseInt(hex, 16));
}
