import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that every service's schema has: events out, events in, what failed, and which calls were answered. */
export class CreateInfrastructure1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SEQUENCE outbox_relay_seq;
      CREATE TABLE outbox (
        id           bigserial PRIMARY KEY,
        event_id     uuid NOT NULL CONSTRAINT outbox_event_id_key UNIQUE,
        subject      text NOT NULL,
        body         text NOT NULL,
        created_at   timestamptz NOT NULL,
        relay_seq    bigint CONSTRAINT outbox_relay_seq_key UNIQUE,
        stream_seq   bigint,
        published_at timestamptz
      );
      CREATE INDEX outbox_unpublished_idx ON outbox (id) WHERE published_at IS NULL;
      CREATE INDEX outbox_placed_idx ON outbox (relay_seq) WHERE published_at IS NULL AND relay_seq IS NOT NULL;
      CREATE INDEX outbox_stream_seq_idx ON outbox (stream_seq);
      CREATE INDEX outbox_published_at_idx ON outbox (published_at);

      CREATE TABLE inbox (
        durable  text NOT NULL,
        event_id uuid NOT NULL,
        at       timestamptz NOT NULL,
        PRIMARY KEY (durable, event_id)
      );
      CREATE INDEX inbox_at_idx ON inbox (at);

      CREATE TABLE dead_letter (
        id          uuid PRIMARY KEY,
        durable     text NOT NULL,
        subject     text NOT NULL,
        stream_seq  bigint NOT NULL,
        body        bytea NOT NULL,
        headers     jsonb NOT NULL,
        reason      text NOT NULL,
        failed_at   timestamptz NOT NULL,
        released_at timestamptz
      );
      CREATE UNIQUE INDEX dead_letter_durable_stream_seq_key ON dead_letter (durable, stream_seq)
        WHERE released_at IS NULL;

      CREATE TABLE answered_call (
        principal     text NOT NULL,
        operation     text NOT NULL,
        body_hash     text NOT NULL,
        invocation_id text NOT NULL,
        answer        bytea,
        at            timestamptz NOT NULL,
        PRIMARY KEY (principal, operation, body_hash, invocation_id)
      );
      CREATE INDEX answered_call_at_idx ON answered_call (at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
