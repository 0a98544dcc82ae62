import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Activations, the nodes that registered with them, and whether these live. */
export class CreateRegistry1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE activation (
        id uuid PRIMARY KEY,
        account text NOT NULL,
        region text NOT NULL,
        -- SHA-256 of the code: 120 random bits need no salt.
        code_hash bytea NOT NULL,
        default_instance_name text,
        description text,
        iam_role text NOT NULL,
        registration_limit integer NOT NULL,
        registrations_count integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL,
        tags jsonb NOT NULL DEFAULT '{}',
        metadata jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        CONSTRAINT activation_count_check CHECK (registrations_count BETWEEN 0 AND registration_limit)
      );
      CREATE INDEX activation_account_region_id_idx ON activation (account, region, id);

      CREATE TABLE node (
        id text COLLATE "C" PRIMARY KEY,
        account text NOT NULL,
        region text NOT NULL,
        -- May be deleted since.
        activation uuid NOT NULL,
        public_key text NOT NULL CONSTRAINT node_public_key_key UNIQUE,
        key_generation integer NOT NULL DEFAULT 1,
        iam_role text NOT NULL,
        name text,
        tags jsonb NOT NULL DEFAULT '{}',
        registered_at timestamptz NOT NULL DEFAULT now(),
        platform_type text,
        platform_name text,
        platform_version text,
        computer_name text,
        ip_address text,
        agent_version text,
        architecture text,
        plugins text[] NOT NULL DEFAULT '{}'
      );
      CREATE INDEX node_account_region_id_idx ON node (account, region, id);
      CREATE INDEX node_tags_idx ON node USING gin (tags);

      -- Apart from node, and without an index on what heartbeats change, so that they rewrite no index.
      CREATE TABLE presence (
        node_id text COLLATE "C" PRIMARY KEY REFERENCES node ON DELETE CASCADE,
        connected boolean NOT NULL DEFAULT false,
        epoch text,
        granted_at timestamptz,
        fingerprint text,
        boot_id text,
        connection_id text,
        last_seen_at timestamptz,
        -- Silent until then: offline. Moves with time in which nobody listened.
        deadline_at timestamptz,
        clock_skew_ms bigint,
        previous_connection_id text,
        previous_boot_id text,
        rival_fingerprint text,
        rival_first_seen_at timestamptz,
        rival_last_seen_at timestamptz,
        blocked text
      ) WITH (fillfactor = 70);

      -- One row: until when registry is known to have listened.
      CREATE TABLE observation (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        listened_until timestamptz NOT NULL
      );
      INSERT INTO observation (listened_until) VALUES (clock_timestamp());
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE observation, presence, node, activation');
  }
}
