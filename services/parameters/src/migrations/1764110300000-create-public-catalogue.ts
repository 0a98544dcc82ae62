import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which shipped catalogues of public parameters were loaded. The parameters are rows with an empty account. */
export class CreatePublicCatalogue1764110300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE public_catalogue (
        region    text NOT NULL,
        name      text NOT NULL,
        -- SHA-256 of the file: one that is the same is not read again.
        hash      text NOT NULL,
        loaded_at timestamptz NOT NULL,
        PRIMARY KEY (region, name)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
