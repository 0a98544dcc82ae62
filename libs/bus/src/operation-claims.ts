import type { Logger } from '@muster/telemetry';

/** Who answers which operation, by `<service>.<Operation>`. */
export interface Owners {
  get(operation: string): Promise<string | undefined>;
  put(operation: string, owner: string): Promise<unknown>;
}

/**
 * Writes down that a service answers these operations. One that another service claims is taken over at the start, because
 * a release may have moved it; later it is left, so that calls do not go to and fro, and told about.
 */
export async function claimOperations(
  owners: Owners,
  service: string,
  operations: readonly string[],
  when: 'at the start' | 'later',
  logger: Pick<Logger, 'warn' | 'error'>,
): Promise<void> {
  for (const operation of operations) {
    const other = await owners.get(operation);
    if (other === service) continue;
    if (other !== undefined && when === 'later') {
      logger.error(
        { operation, service, other },
        'two services claim one operation: stop one of them, or take the operation out of its module',
      );
      continue;
    }
    if (other !== undefined) {
      logger.warn({ operation, service, other }, 'an operation that another service has answered is taken over');
    }
    await owners.put(operation, service);
  }
}
