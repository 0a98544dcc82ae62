import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uses of keys have rows of their own: a key's row changes when somebody changes the key, and then only. */
export class PlaceKeyUses1764100000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_key DROP last_used_at, DROP last_used_region, DROP last_used_service;
      CREATE TABLE access_key_use (
        access_key text PRIMARY KEY REFERENCES access_key ON DELETE CASCADE,
        at timestamptz NOT NULL,
        region text NOT NULL,
        service text NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE access_key_use;
      ALTER TABLE access_key ADD last_used_at timestamptz, ADD last_used_region text, ADD last_used_service text;
    `);
  }
}
