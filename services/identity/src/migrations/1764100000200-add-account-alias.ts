import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A name for an account that people can read; no two have the same. */
export class AddAccountAlias1764100000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account ADD alias text CONSTRAINT account_alias_key UNIQUE');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP alias');
  }
}
