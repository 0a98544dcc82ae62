import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions with images that were asked for and are not yet: whether the image is there is still to be found out. */
export class CreatePendingImage1764113000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pending_image (
        -- In the order in which they were asked for.
        id          uuid PRIMARY KEY,
        account     text NOT NULL,
        region      text NOT NULL,
        path        text COLLATE "C" NOT NULL,
        name        text NOT NULL,
        -- PutParameter's, validated.
        input       jsonb NOT NULL,
        author      text NOT NULL,
        -- Whether the author may see images at all.
        may_see     boolean NOT NULL,
        tries       integer NOT NULL DEFAULT 0,
        next_try_at timestamptz NOT NULL
      );
      CREATE INDEX pending_image_next_try_at_idx ON pending_image (next_try_at);
      CREATE INDEX pending_image_account_region_path_id_idx ON pending_image (account, region, path, id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
