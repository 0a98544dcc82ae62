import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startService } from '@muster/bus';
import { Identity } from '@muster/contracts';
import { Envelope, LocalRootKey } from '@muster/keys';
import { serviceUnderTest } from '@muster/testing';
import pg from 'pg';

import { IdentityModule } from '../src/module.js';
import { sealedColumns } from '../src/store/sealed-columns.js';
import { IdentityProcess } from './identity-process.js';
import { aKeyOwner, base64, text } from './kms-calls.js';

const scope = { date: '20261124', region: 'us-east-1', service: 'ssm' };

describe('the root key', () => {
  const env: Record<string, string> = {};
  const service = serviceUnderTest(IdentityModule, { env });
  const firstFile = () => service.deployment.env['MUSTER_IDENTITY_ROOT_KEY_FILE']!;
  const started: IdentityProcess[] = [];
  afterAll(() => Promise.all(started.map((each) => each.end('SIGKILL'))));

  const withDatabase = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: service.deployment.databaseUrl });
    await client.connect();
    try {
      await client.query('SET search_path = identity');
      return await work(client);
    } finally {
      await client.end();
    }
  };

  /** How many texts lie under this root key. */
  const sealedBy = async (client: pg.Client, rootKeyId: string): Promise<number> => {
    const counts = sealedColumns.map(
      ({ table, column }) => `(SELECT count(*) FROM ${table} WHERE split_part(${column}, '.', 2) = $1)`,
    );
    const { rows } = await client.query<{ count: string }>(`SELECT ${counts.join(' + ')} AS count`, [rootKeyId]);
    return Number(rows[0]!.count);
  };

  const identityProcess = (more: Record<string, string>) => {
    const made = new IdentityProcess({ ...service.deployment.env, ...more });
    started.push(made);
    return made;
  };

  it('is replaced by another while everything goes on, also when the replacing is killed in the middle', async () => {
    const old = new Envelope(LocalRootKey.parse(readFileSync(firstFile(), 'utf8'), 'the test'));
    const newFile = `${firstFile()}.new`;
    writeFileSync(newFile, LocalRootKey.generate(), { mode: 0o600 });
    const next = new Envelope(LocalRootKey.parse(readFileSync(newFile, 'utf8'), 'the test'));
    const mine = await aKeyOwner(service);
    const { KeyId } = await mine.key();
    const { CiphertextBlob } = await mine.kms('Encrypt', { KeyId, Plaintext: base64('kept') });
    const { accessKeyId } = JSON.parse(readFileSync(service.deployment.env['MUSTER_IDENTITY_BOOTSTRAP_FILE']!, 'utf8'));
    const signingKey = async () => {
      const answer = await service.rpc(Identity.method.signingKey, { ...scope, accessKeyId });
      return Buffer.from(answer.signingKey).toString('hex');
    };
    const signed = await signingKey();
    await service.running().close();

    await withDatabase(async (client) => {
      // Enough that it takes a while, and sealed as identity does.
      const ids = Array.from({ length: 8_000 }, (_, index) => `AKIAROTATION${String(index).padStart(8, '0')}`);
      const sealed = ids.map((id) => old.seal(Buffer.from(`secret of ${id}`), `access-key/${id}`));
      await client.query(
        `INSERT INTO access_key (id, principal, sealed_secret, status, created_at)
         SELECT n.id, (SELECT id FROM principal LIMIT 1), n.sealed, 'Inactive', now()
           FROM unnest($1::text[], $2::text[]) AS n (id, sealed)`,
        [ids, sealed],
      );
      const all = await sealedBy(client, old.rootKeyId);
      expect(all).toBeGreaterThan(8_000);

      const more = {
        MUSTER_IDENTITY_ROOT_KEY_FILE: newFile,
        MUSTER_IDENTITY_OLDER_ROOT_KEYS: readFileSync(firstFile(), 'utf8').trim(),
      };
      const first = identityProcess(more);
      while ((await sealedBy(client, next.rootKeyId)) === 0) expect(first.isRunning).toBe(true);
      await first.end('SIGKILL');
      const [left, done] = [await sealedBy(client, old.rootKeyId), await sealedBy(client, next.rootKeyId)];
      expect(left).toBeGreaterThan(0);
      expect(done).toBeGreaterThan(0);
      expect(left + done).toBe(all);

      const second = identityProcess(more);
      expect(JSON.parse(await second.said('Everything is under the root key'))).toMatchObject({
        rootKey: next.rootKeyId,
        rewrapped: left,
      });
      expect(await sealedBy(client, old.rootKeyId)).toBe(0);
      expect(await sealedBy(client, next.rootKeyId)).toBe(all);
      await second.end('SIGTERM');
      // Each is still the secret of its own row.
      const { rows } = await client.query<{ id: string; sealed: string }>(
        `SELECT id, sealed_secret AS sealed FROM access_key WHERE id LIKE 'AKIAROTATION%'`,
      );
      for (const { id, sealed: one } of rows) {
        expect(Buffer.from(next.open(one, `access-key/${id}`)).toString()).toBe(`secret of ${id}`);
      }
    });

    // The old one can go.
    env['MUSTER_IDENTITY_ROOT_KEY_FILE'] = newFile;
    await service.restart();
    expect(await signingKey()).toBe(signed);
    expect(text((await mine.kms('Decrypt', { CiphertextBlob }))['Plaintext']!)).toBe('kept');
  }, 120_000);

  it('is known to seal every column that is sealed', async () => {
    const columns = await withDatabase((client) =>
      client.query<{ name: string }>(
        `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
          WHERE table_schema = 'identity' AND column_name LIKE 'sealed\\_%' ORDER BY 1`,
      ),
    );
    const known = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    expect(columns.rows.map(({ name }) => name)).toEqual(known.sort());
  });

  it('may come as a secret of the surroundings', async () => {
    const mine = await aKeyOwner(service);
    const { KeyId } = await mine.key();
    const { CiphertextBlob } = await mine.kms('Encrypt', { KeyId, Plaintext: base64('kept') });
    const file = env['MUSTER_IDENTITY_ROOT_KEY_FILE'] ?? firstFile();
    const own = { MUSTER_IDENTITY_ROOT_KEY_FILE: '', MUSTER_IDENTITY_ROOT_KEY: readFileSync(file, 'utf8').trim() };
    await expect(
      startService(IdentityModule, { env: { ...service.deployment.env, ...own, MUSTER_IDENTITY_ROOT_KEY_FILE: file } }),
    ).rejects.toThrow('Set one of MUSTER_IDENTITY_ROOT_KEY_FILE and MUSTER_IDENTITY_ROOT_KEY');
    await service.running().close();
    const other = await startService(IdentityModule, { env: { ...service.deployment.env, ...own } });
    try {
      expect(text((await mine.kms('Decrypt', { CiphertextBlob }))['Plaintext']!)).toBe('kept');
    } finally {
      await other.close();
      await service.restart();
    }
  });

  it('is not made anew beside a database that another one sealed', async () => {
    const missing = { ...service.deployment.env, MUSTER_IDENTITY_ROOT_KEY_FILE: `${firstFile()}.lost` };
    await expect(startService(IdentityModule, { env: missing })).rejects.toThrow('bring back the root key');
    expect(() => statSync(`${firstFile()}.lost`)).toThrow('ENOENT');
  });
});

describe('the root key of a new deployment', () => {
  const env: Record<string, string> = {};
  const service = serviceUnderTest(IdentityModule, async () => {
    const { mkdtemp } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    env['MUSTER_IDENTITY_ROOT_KEY_FILE'] = join(await mkdtemp(join(tmpdir(), 'muster-root-')), 'keys', 'root.key');
    return { env };
  });

  it('is made at the first start, for its owner alone', async () => {
    const file = env['MUSTER_IDENTITY_ROOT_KEY_FILE']!;
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const mine = await aKeyOwner(service);
    const { KeyId } = await mine.key();
    await service.restart();
    expect(await mine.kms('Encrypt', { KeyId, Plaintext: base64('x') })).toMatchObject({ KeyId: expect.any(String) });
  });
});
