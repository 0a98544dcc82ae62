import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of each account and region, the versions of their material, and their other names. */
export class CreateKeyRing1764100000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE kms_key (
        id text COLLATE "C" PRIMARY KEY,
        account text NOT NULL REFERENCES account,
        region text NOT NULL,
        manager text NOT NULL CHECK (manager IN ('AWS', 'CUSTOMER')),
        description text NOT NULL,
        state text NOT NULL CHECK (state IN ('Enabled', 'Disabled', 'PendingDeletion')),
        policy text NOT NULL,
        tags jsonb NOT NULL,
        -- The newest of its material: what is encrypted now is encrypted with this one.
        version integer NOT NULL,
        -- Absent: it is not rotated by itself.
        rotation_days integer,
        next_rotation_at timestamptz,
        deletion_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK ((state = 'PendingDeletion') = (deletion_at IS NOT NULL)),
        CHECK ((rotation_days IS NULL) = (next_rotation_at IS NULL))
      );
      CREATE INDEX kms_key_account_region_id_idx ON kms_key (account, region, id);
      CREATE INDEX kms_key_next_rotation_at_idx ON kms_key (next_rotation_at) WHERE state = 'Enabled';
      CREATE INDEX kms_key_deletion_at_idx ON kms_key (deletion_at) WHERE state = 'PendingDeletion';
      CREATE TABLE kms_key_version (
        key_id text COLLATE "C" NOT NULL REFERENCES kms_key ON DELETE CASCADE,
        version integer NOT NULL,
        material_id text NOT NULL,
        -- 32 bytes, AES-256-GCM under the root key, bound to key and version.
        sealed_material text NOT NULL,
        -- Absent: the first one.
        rotation text CHECK (rotation IN ('AUTOMATIC', 'ON_DEMAND')),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (key_id, version)
      );
      CREATE TABLE kms_alias (
        account text NOT NULL REFERENCES account,
        region text NOT NULL,
        name text COLLATE "C" NOT NULL,
        key_id text COLLATE "C" NOT NULL REFERENCES kms_key ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (account, region, name)
      );
      CREATE INDEX kms_alias_key_id_name_idx ON kms_alias (key_id, name);
      -- By the root key that sealed them, to find what an older one sealed.
      CREATE INDEX kms_key_version_root_key_idx ON kms_key_version (split_part(sealed_material, '.', 2));
      CREATE INDEX access_key_root_key_idx ON access_key (split_part(sealed_secret, '.', 2));
      CREATE INDEX session_root_key_idx ON session (split_part(sealed_secret, '.', 2));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX access_key_root_key_idx, session_root_key_idx');
    await runner.query('DROP TABLE kms_alias, kms_key_version, kms_key');
  }
}
