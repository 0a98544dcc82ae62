import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What owners allow to other accounts. */
export class ShareParameters1764110100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE parameter
        -- [{ id, hash, text }]; with the row, so that a read needs no other one to be decided.
        ADD COLUMN resource_policies jsonb;

      -- With whom a parameter may be shared, as its policies name them: a search finds by it, libs/iam decides.
      CREATE TABLE parameter_share (
        -- 12 digits, or * for everybody.
        account      text NOT NULL,
        region       text NOT NULL,
        parameter_id uuid NOT NULL REFERENCES parameter ON DELETE CASCADE,
        PRIMARY KEY (account, region, parameter_id)
      );
      CREATE INDEX parameter_share_parameter_id_idx ON parameter_share (parameter_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
