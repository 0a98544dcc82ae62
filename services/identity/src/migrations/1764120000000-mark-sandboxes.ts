import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts that may be emptied, and how far that is. */
export class MarkSandboxes1764120000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account
        -- Set when the account is made, and never later: what is no sandbox stays none.
        ADD sandbox boolean NOT NULL DEFAULT false,
        -- The user that the account was made with: what stays when a sandbox is emptied.
        ADD administrator uuid REFERENCES principal ON DELETE SET NULL;
      UPDATE account a SET administrator =
        (SELECT p.id FROM principal p WHERE p.account = a.id AND p.kind = 'User' ORDER BY p.created_at, p.id LIMIT 1);
      CREATE TABLE emptying (
        account text PRIMARY KEY REFERENCES account,
        region text NOT NULL,
        requested_by text NOT NULL,
        -- What was made later stays.
        requested_at timestamptz NOT NULL,
        -- How many things of each kind are gone so far.
        removed jsonb NOT NULL,
        -- Absent: it is still going on.
        finished_at timestamptz
      );
      CREATE INDEX emptying_unfinished_idx ON emptying (requested_at) WHERE finished_at IS NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
