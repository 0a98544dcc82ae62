import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles and groups beside users; managed policies with versions, inline ones, boundaries; sessions. */
export class CreateRolesAndSessions1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account
        ADD name text NOT NULL DEFAULT '',
        -- The first one: its principals may make others.
        ADD management boolean NOT NULL DEFAULT false;
      UPDATE account SET management = true WHERE id = (SELECT id FROM account ORDER BY created_at, id LIMIT 1);
      CREATE UNIQUE INDEX account_management_key ON account (management) WHERE management;

      ALTER TABLE policy
        ADD policy_id text,
        ADD path text COLLATE "C" NOT NULL DEFAULT '/',
        ADD arn text,
        ADD description text NOT NULL DEFAULT '',
        ADD tags jsonb NOT NULL DEFAULT '{}',
        ADD default_version integer NOT NULL DEFAULT 1,
        -- Numbers are not used again.
        ADD last_version integer NOT NULL DEFAULT 1,
        ADD updated_at timestamptz;
      UPDATE policy SET updated_at = created_at,
        arn = 'arn:aws:iam::' || coalesce(account, 'aws') || ':policy/' || name,
        policy_id = 'ANPA' || translate(upper(substr(replace(id::text, '-', ''), 16)), '0189', 'GHJK');
      ALTER TABLE policy
        ALTER policy_id SET NOT NULL, ALTER arn SET NOT NULL, ALTER updated_at SET NOT NULL,
        ADD CONSTRAINT policy_arn_key UNIQUE (arn), ADD CONSTRAINT policy_policy_id_key UNIQUE (policy_id),
        DROP CONSTRAINT policy_account_name_key;
      CREATE UNIQUE INDEX policy_account_name_key ON policy (account, lower(name)) NULLS NOT DISTINCT;
      CREATE TABLE policy_version (
        policy uuid NOT NULL REFERENCES policy ON DELETE CASCADE,
        number integer NOT NULL,
        document text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (policy, number)
      );
      INSERT INTO policy_version (policy, number, document, created_at) SELECT id, 1, document, created_at FROM policy;
      ALTER TABLE policy DROP document;
      CREATE INDEX attachment_policy_idx ON attachment (policy, principal);

      ALTER TABLE principal DROP CONSTRAINT principal_kind_check;
      ALTER TABLE principal
        ADD description text NOT NULL DEFAULT '',
        -- Of a role: who may assume it, and for how long.
        ADD trust_policy text,
        ADD max_session_seconds integer,
        ADD boundary uuid REFERENCES policy,
        ADD last_used_at timestamptz,
        ADD last_used_region text,
        ADD CONSTRAINT principal_kind_check CHECK (kind IN ('User', 'Role', 'Group')),
        ADD CONSTRAINT principal_role_check CHECK ((kind = 'Role') = (trust_policy IS NOT NULL)
                                                   AND (kind = 'Role') = (max_session_seconds IS NOT NULL));
      CREATE INDEX principal_boundary_idx ON principal (boundary) WHERE boundary IS NOT NULL;
      CREATE TABLE inline_policy (
        principal uuid NOT NULL REFERENCES principal,
        name text COLLATE "C" NOT NULL,
        document text NOT NULL,
        PRIMARY KEY (principal, name)
      );
      CREATE TABLE membership (
        member uuid NOT NULL REFERENCES principal,
        in_group uuid NOT NULL REFERENCES principal,
        PRIMARY KEY (member, in_group)
      );
      CREATE INDEX membership_in_group_idx ON membership (in_group, member);

      ALTER TABLE access_key
        ADD last_used_at timestamptz,
        ADD last_used_region text,
        ADD last_used_service text;

      -- Temporary credentials. They end by themselves, with their principal, or by what policies say of their age.
      CREATE TABLE session (
        access_key_id text PRIMARY KEY,
        principal uuid NOT NULL REFERENCES principal ON DELETE CASCADE,
        -- Of an assumed role. Absent: a user asked for temporary credentials of its own.
        name text,
        -- AES-256-GCM under the root key, bound to the id.
        sealed_secret text NOT NULL,
        -- SHA-256: whoever reads this table has no token.
        token_hash text NOT NULL,
        -- [{name, document}], as they were when the session began.
        policies jsonb NOT NULL DEFAULT '[]',
        tags jsonb NOT NULL DEFAULT '{}',
        transitive_tag_keys text[] NOT NULL DEFAULT '{}',
        source_identity text,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX session_expires_at_idx ON session (expires_at);
      CREATE INDEX session_principal_idx ON session (principal);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE session, membership, inline_policy;
      ALTER TABLE access_key DROP last_used_at, DROP last_used_region, DROP last_used_service;
      DELETE FROM attachment WHERE principal IN (SELECT id FROM principal WHERE kind <> 'User');
      DELETE FROM principal WHERE kind <> 'User';
      ALTER TABLE principal DROP CONSTRAINT principal_role_check, DROP CONSTRAINT principal_kind_check,
        DROP description, DROP trust_policy, DROP max_session_seconds, DROP boundary, DROP last_used_at,
        DROP last_used_region, ADD CONSTRAINT principal_kind_check CHECK (kind IN ('User'));
      ALTER TABLE policy ADD document text;
      UPDATE policy SET document = v.document FROM policy_version v WHERE v.policy = id AND v.number = default_version;
      DROP TABLE policy_version;
      DROP INDEX policy_account_name_key, attachment_policy_idx;
      ALTER TABLE policy ALTER document SET NOT NULL, DROP policy_id, DROP path, DROP arn, DROP description, DROP tags,
        DROP default_version, DROP last_version, DROP updated_at,
        ADD CONSTRAINT policy_account_name_key UNIQUE NULLS NOT DISTINCT (account, name);
      ALTER TABLE account DROP name, DROP management;
    `);
  }
}
