import pg from 'pg';
import { QueryFailedError } from 'typeorm';

/** The database could not be asked, or not in time. Nothing is known about what it did; trying later is right. */
export class DatabaseAway extends Error {
  override readonly name: string = 'DatabaseAway';
}

/** Too many events wait to be published: the bus is away for long, and writes wait until it is back. */
export class OutboxFull extends DatabaseAway {
  override readonly name = 'OutboxFull';
  constructor(limit: number) {
    super(`More than ${limit} events wait to be published: no change is taken until the bus has caught up.`);
  }
}

/**
 * Whether an error, or one of its causes, says that the database is away, starting, stopping, overloaded or read-only: a
 * door answers 503, a consumer pauses. Everything else is a fault of the statement.
 */
export function isDatabaseAway(error: unknown): boolean {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 10; each = each.cause, depth++) {
    if (each instanceof DatabaseAway) return true;
    if (each instanceof pg.DatabaseError) return saysAway(each.code);
    // TypeORM wraps what the driver threw; what is not Postgres' own answer is trouble with the connection.
    if (each instanceof QueryFailedError) {
      const driver: unknown = each.driverError;
      return driver instanceof pg.DatabaseError ? saysAway(driver.code) : true;
    }
  }
  return false;
}

/** What the driver threw while it ran a statement, told apart: Postgres' own answer, or a lost connection. */
export function driverFailure(error: unknown): Error {
  if (error instanceof pg.DatabaseError || error instanceof DatabaseAway) return error;
  return new DatabaseAway('The connection to the database was lost.', { cause: error });
}

/** The SQLSTATE of an error, where Postgres gave one. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code;
  if (error instanceof QueryFailedError) return sqlState(error.driverError);
  return undefined;
}

/** A statement was ended because it, or a lock that it waited for, took too long: less of it at once may pass. */
export function tookTooLong(error: unknown): boolean {
  return ['57014', '55P03'].includes(sqlState(error) ?? '');
}

/** A unique key is taken; with a name, that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (error instanceof QueryFailedError) return isUniqueViolation(error.driverError, constraint);
  return (
    error instanceof pg.DatabaseError &&
    error.code === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}

const AWAY = new Set([
  '57P01', // shut down by an administrator
  '57P02', // a crash of another backend
  '57P03', // starting or stopping
  '57014', // cancelled: over its statement_timeout
  '55P03', // over its lock_timeout
  '25006', // read-only: a standby was asked
  '25P03', // idle in a transaction for too long
]);

function saysAway(state: string | undefined): boolean {
  // 08: connection; 53: out of connections, memory or disk.
  return state !== undefined && (AWAY.has(state) || state.startsWith('08') || state.startsWith('53'));
}
