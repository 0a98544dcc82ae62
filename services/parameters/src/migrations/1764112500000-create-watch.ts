import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who watches which parameters, and what is needed to decide on those that are gone. */
export class CreateWatch1764112500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE watch (
        id               text PRIMARY KEY,
        account          text NOT NULL,
        region           text NOT NULL,
        -- The parameter of this name, and those in the level of this name.
        path             text COLLATE "C" NOT NULL,
        recursive        boolean NOT NULL,
        include_values   boolean NOT NULL,
        with_decryption  boolean NOT NULL,
        -- For whom each push is decided.
        caller           jsonb NOT NULL,
        principal        text NOT NULL,
        -- By which permission it was opened: it stays open as long as that one is there.
        action           text NOT NULL,
        door             text NOT NULL CHECK (door IN ('Bus', 'ServerSentEvents')),
        -- Where on the bus changes are pushed.
        subject          text NOT NULL CONSTRAINT watch_subject_key UNIQUE,
        -- Of the last change.
        sequence         bigint NOT NULL DEFAULT 0,
        -- What the next beat says: the sequence at the time of the last one.
        beat_sequence    bigint NOT NULL DEFAULT 0,
        beat_at          timestamptz NOT NULL,
        -- Identity's, at which it was last found that the opener still may.
        checked_revision bigint NOT NULL,
        created_at       timestamptz NOT NULL,
        lease_until      timestamptz NOT NULL,
        -- Of the opener's session.
        expires_at       timestamptz,
        ended_at         timestamptz,
        end_reason       text,
        end_message      text
      );
      CREATE INDEX watch_account_region_open_idx ON watch (account, region) WHERE ended_at IS NULL;
      CREATE INDEX watch_account_region_id_idx ON watch (account, region, id);
      CREATE INDEX watch_ended_at_idx ON watch (ended_at) WHERE ended_at IS NOT NULL;

      -- Tags of parameters that were deleted: who may hear of the deletion is decided on them.
      CREATE TABLE gone_parameter (
        account text NOT NULL,
        region  text NOT NULL,
        path    text COLLATE "C" NOT NULL,
        tags    jsonb NOT NULL,
        gone_at timestamptz NOT NULL,
        PRIMARY KEY (account, region, path)
      );
      CREATE INDEX gone_parameter_gone_at_idx ON gone_parameter (gone_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
