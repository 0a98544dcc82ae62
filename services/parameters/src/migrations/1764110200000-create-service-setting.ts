import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an account has set about SSM as a whole, and what the setting about tiers needs to know. */
export class CreateServiceSetting1764110200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE service_setting (
        account          text NOT NULL,
        region           text NOT NULL,
        -- /ssm/parameter-store/default-parameter-tier. No row: as AWS has it.
        id               text NOT NULL,
        value            text NOT NULL,
        last_modified_at timestamptz NOT NULL,
        last_modified_by text NOT NULL,
        PRIMARY KEY (account, region, id)
      );

      -- The tier of the newest version. In the index, so that counting reads no row.
      ALTER TABLE parameter ADD COLUMN standard boolean NOT NULL DEFAULT true;
      UPDATE parameter p SET standard = false FROM parameter_version v
        WHERE v.parameter_id = p.id AND v.number = p.version AND v.tier <> 'Standard';
      DROP INDEX parameter_account_region_parent_path_idx;
      CREATE INDEX parameter_account_region_parent_path_idx ON parameter (account, region, parent, path) INCLUDE (standard);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
