import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, users, their access keys and policies; the revision of all of it; which key a node has shown. */
export class CreateIdentity1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (
        id text PRIMARY KEY CHECK (id ~ '^[0-9]{12}$'),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE principal (
        id uuid PRIMARY KEY,
        account text NOT NULL REFERENCES account,
        kind text NOT NULL CHECK (kind IN ('User')),
        name text COLLATE "C" NOT NULL,
        path text COLLATE "C" NOT NULL,
        user_id text NOT NULL CONSTRAINT principal_user_id_key UNIQUE,
        arn text NOT NULL CONSTRAINT principal_arn_key UNIQUE,
        tags jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL
      );
      -- AWS: names differ by more than upper and lower case.
      CREATE UNIQUE INDEX principal_account_kind_name_key ON principal (account, kind, lower(name));
      CREATE TABLE access_key (
        id text PRIMARY KEY,
        principal uuid NOT NULL REFERENCES principal,
        -- AES-256-GCM under the root key, bound to the id.
        sealed_secret text NOT NULL,
        status text NOT NULL CHECK (status IN ('Active', 'Inactive')),
        created_at timestamptz NOT NULL
      );
      CREATE INDEX access_key_principal_idx ON access_key (principal, id);
      CREATE TABLE policy (
        id uuid PRIMARY KEY,
        -- Absent: one of those that AWS manages and every account has.
        account text REFERENCES account,
        name text COLLATE "C" NOT NULL,
        document text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT policy_account_name_key UNIQUE NULLS NOT DISTINCT (account, name)
      );
      CREATE TABLE attachment (
        principal uuid NOT NULL REFERENCES principal,
        policy uuid NOT NULL REFERENCES policy,
        PRIMARY KEY (principal, policy)
      );
      -- One row. Counted up by every transaction that changes what a decision rests on.
      CREATE TABLE revision (
        "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
        value bigint NOT NULL
      );
      INSERT INTO revision (value) VALUES (1);
      -- The key for which a node may have its credential renewed.
      CREATE TABLE node_key (
        node_id text COLLATE "C" PRIMARY KEY,
        account text NOT NULL,
        region text NOT NULL,
        public_key text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE node_key, revision, attachment, policy, access_key, principal, account');
  }
}
