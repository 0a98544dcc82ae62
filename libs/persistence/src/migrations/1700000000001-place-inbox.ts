import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The inbox remembers where an event lay, so that a consumer notices when its stream has lost its end. */
export class PlaceInbox1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE inbox ADD COLUMN stream_seq bigint;
      CREATE INDEX inbox_durable_stream_seq_idx ON inbox (durable, stream_seq) WHERE stream_seq IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
