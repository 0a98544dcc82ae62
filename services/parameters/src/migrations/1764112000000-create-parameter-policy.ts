import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Policies of versions: what time does to parameters. */
export class CreateParameterPolicy1764112000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE parameter_policy (
        parameter_id uuid NOT NULL,
        number       bigint NOT NULL,
        -- In the order given.
        place        smallint NOT NULL,
        type         text NOT NULL CHECK (type IN ('Expiration', 'ExpirationNotification', 'NoChangeNotification')),
        text         text NOT NULL,
        status       text NOT NULL CHECK (status IN ('Pending', 'Finished')),
        due_at       timestamptz NOT NULL,
        -- There is a newer version: this one never acts again.
        superseded   boolean NOT NULL DEFAULT false,
        PRIMARY KEY (parameter_id, number, place),
        FOREIGN KEY (parameter_id, number) REFERENCES parameter_version ON DELETE CASCADE
      );
      CREATE INDEX parameter_policy_due_at_idx ON parameter_policy (due_at) WHERE status = 'Pending' AND NOT superseded;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
