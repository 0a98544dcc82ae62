import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Labels: names of versions that can be moved to other ones. */
export class CreateParameterLabel1764111000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE parameter_label (
        parameter_id uuid NOT NULL,
        label        text COLLATE "C" NOT NULL,
        number       bigint NOT NULL,
        -- A label is at one version at a time.
        PRIMARY KEY (parameter_id, label),
        FOREIGN KEY (parameter_id, number) REFERENCES parameter_version ON DELETE CASCADE
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
