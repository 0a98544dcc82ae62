import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Parameters and their versions. */
export class CreateParameter1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE parameter (
        id         uuid PRIMARY KEY,
        account    text NOT NULL,
        region     text NOT NULL,
        -- The name with its slash: "name" and "/name" are one parameter. By code points, so that a prefix is a range.
        path       text COLLATE "C" NOT NULL,
        -- The level that holds it: "/a" for "/a/b", "/" for "/a".
        parent     text COLLATE "C" NOT NULL,
        -- As it was created.
        name       text NOT NULL,
        -- The newest version.
        version    bigint NOT NULL,
        tags       jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT parameter_account_region_path_key UNIQUE (account, region, path)
      );
      CREATE INDEX parameter_account_region_parent_path_idx ON parameter (account, region, parent, path);

      CREATE TABLE parameter_version (
        parameter_id     uuid NOT NULL REFERENCES parameter ON DELETE CASCADE,
        number           bigint NOT NULL,
        type             text NOT NULL CHECK (type IN ('String', 'StringList')),
        value            text NOT NULL,
        tier             text NOT NULL CHECK (tier IN ('Standard', 'Advanced')),
        data_type        text NOT NULL,
        description      text,
        allowed_pattern  text,
        last_modified_at timestamptz NOT NULL,
        last_modified_by text NOT NULL,
        PRIMARY KEY (parameter_id, number)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
