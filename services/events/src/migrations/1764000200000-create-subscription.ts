import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who outside of Muster pulls which events. */
export class CreateSubscription1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subscription (
        id                    uuid PRIMARY KEY,
        account               text NOT NULL,
        region                text NOT NULL,
        name                  text COLLATE "C" NOT NULL,
        -- As asked; absent: all events.
        event_type            text,
        -- The subjects that follow from it.
        filter                text NOT NULL,
        durable               text NOT NULL CONSTRAINT subscription_durable_key UNIQUE,
        -- Events before it are not wanted; absent: all that the stream holds are.
        since                 timestamptz,
        created_at            timestamptz NOT NULL,
        created_by            text NOT NULL,
        credential_expires_at timestamptz NOT NULL,
        -- Since when the broker has been seen without the durable.
        missing_since         timestamptz,
        CONSTRAINT subscription_account_region_name_key UNIQUE (account, region, name)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
