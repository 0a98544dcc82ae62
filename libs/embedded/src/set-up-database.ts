import pg from 'pg';

export interface SetUpDatabase {
  /** The superuser's URL. */
  readonly adminUrl: string;
  readonly database: string;
  /** Services that own a schema. */
  readonly services: readonly string[];
  /** Password of each service's role. */
  readonly passwords: Readonly<Record<string, string>>;
}

/**
 * Makes the database with a role `muster_<service>` and a schema `<service>` for each service, or brings them up to date.
 * A role owns its schema and sees no other; PUBLIC may nothing. Safe to repeat.
 * @returns the superuser's URL of that database
 */
export async function setUpDatabase(how: SetUpDatabase): Promise<string> {
  await withClient(how.adminUrl, async (client) => {
    // Roles are the whole server's; two who alter one at a time fail. The lock goes with the connection.
    await client.query(`SELECT pg_advisory_lock(hashtext('muster roles'))`);
    await ensureDatabase(client, how.database);
    for (const service of how.services) await ensureRole(client, service, how.passwords[service]);
  });
  const url = databaseUrl(how.adminUrl, how.database);
  await withClient(url, async (client) => {
    const database = name(how.database);
    await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC`);
    for (const service of how.services) {
      const role = name(roleOf(service));
      await client.query(
        `GRANT CONNECT ON DATABASE ${database} TO ${role}; CREATE SCHEMA IF NOT EXISTS ${name(service)} AUTHORIZATION ${role}`,
      );
    }
  });
  return url;
}

/** The same server and user, another database. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.toString();
}

/** URL of a service's role in a database. A secret. */
export function serviceDatabaseUrl(url: string, service: string, password: string): string {
  const own = new URL(url);
  own.username = roleOf(service);
  own.password = encodeURIComponent(password);
  return own.toString();
}

/** The role that a service connects as. */
export function roleOf(service: string): string {
  return `muster_${service}`;
}

async function ensureDatabase(client: pg.Client, database: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount) return;
  await client.query(`CREATE DATABASE ${name(database)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
}

async function ensureRole(client: pg.Client, service: string, password: string | undefined): Promise<void> {
  if (!password) throw new Error(`there is no database password for ${service}`);
  const role = name(roleOf(service));
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [roleOf(service)]);
  if (!rowCount) await client.query(`CREATE ROLE ${role}`);
  const options = `LOGIN PASSWORD ${pg.escapeLiteral(password)} NOSUPERUSER NOCREATEDB NOCREATEROLE`;
  await client.query(`ALTER ROLE ${role} ${options}`);
}

function name(text: string): string {
  return pg.escapeIdentifier(text);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, statement_timeout: 60_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
