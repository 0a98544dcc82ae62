import pg from 'pg';

/** How a service reaches its schema. */
export interface ConnectionSettings {
  /** `postgres://muster_parameters:…@host/muster` */
  readonly url: string;
  /** The service's schema: the whole search path. */
  readonly schema: string;
  /** Most connections of the pool. */
  readonly poolSize: number;
  /** Longest a statement may run in Postgres. */
  readonly statementTimeoutMs: number;
  /** Longest to wait for a free or new connection. */
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
}

/** What `pg` is told for every connection. */
export function connectionConfig(settings: ConnectionSettings): pg.PoolConfig {
  if (!/^[a-z_][a-z0-9_]*$/.test(settings.schema)) throw new TypeError(`${settings.schema} is no name of a schema`);
  const { url, options } = withoutOptions(settings.url);
  return {
    connectionString: url,
    options: [
      options,
      `-c search_path=${settings.schema}`,
      // A client whose machine is gone keeps its locks until the server notices: after 20 s, not two hours.
      '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2',
    ]
      .filter(Boolean)
      .join(' '),
    application_name: settings.applicationName,
    max: settings.poolSize,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    statement_timeout: settings.statementTimeoutMs,
    lock_timeout: settings.statementTimeoutMs,
    // A transaction waits for nothing outside; one that does was forgotten, and holds locks.
    idle_in_transaction_session_timeout: settings.statementTimeoutMs,
    // For when the answer never comes: the network is cut, the server's machine is gone.
    query_timeout: settings.statementTimeoutMs + 2_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 60_000,
    types: { getTypeParser },
  };
}

// `pg` lets what the URL says win: options of a URL would take away ours.
function withoutOptions(url: string): { url: string; options: string | undefined } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options') ?? undefined;
  parsed.searchParams.delete('options');
  return { url: parsed.toString(), options };
}

// bigint and count() arrive as numbers: none of ours comes near 2^53, and one that does fails instead of being rounded.
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === pg.types.builtins.INT8 && format !== 'binary') return exactNumber;
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53`);
  return value;
}
