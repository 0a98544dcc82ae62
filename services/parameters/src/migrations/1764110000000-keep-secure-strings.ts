import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Parameters of type SecureString. */
export class KeepSecureStrings1764110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE parameter_version
        -- The key as it was given, such as alias/aws/ssm. \`value\` is sealed where there is one.
        ADD COLUMN key_id text,
        DROP CONSTRAINT parameter_version_type_check,
        ADD CONSTRAINT parameter_version_type_check CHECK (type IN ('String', 'StringList', 'SecureString')),
        -- A secret never lies here in the clear.
        ADD CONSTRAINT parameter_version_sealed_check
          CHECK ((type = 'SecureString') = (key_id IS NOT NULL) AND (type <> 'SecureString' OR value LIKE 'k1.%'));
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
