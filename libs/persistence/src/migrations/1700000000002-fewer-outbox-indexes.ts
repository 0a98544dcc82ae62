import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A row of the outbox is written three times (announced, placed, published), each time into every index that has it: what
 * is not published yet stands in those alone that look for it, and nobody looks for an id.
 */
export class FewerOutboxIndexes1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE outbox DROP CONSTRAINT outbox_event_id_key;
      DROP INDEX outbox_stream_seq_idx;
      DROP INDEX outbox_published_at_idx;
      CREATE INDEX outbox_stream_seq_idx ON outbox (stream_seq) WHERE stream_seq IS NOT NULL;
      CREATE INDEX outbox_published_at_idx ON outbox (published_at) WHERE published_at IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
