import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

const OBJECTS = 50;
const INVOCATIONS = 1_000;
const COMMANDS = 100;

const OLD = `SELECT id FROM command WHERE account = $1 AND requested_at <= $2`;

/** A stream of output that lies in the object store. */
interface KeptOutput {
  readonly invocationId: string;
  readonly step: string;
  readonly stream: string;
  readonly objectKey: string;
}

/** Commands of an account, whatever the region, with what nodes said to them. */
@Injectable()
export class AccountContents {
  constructor(private readonly database: Database) {}

  /** Some of the outputs that lie in the object store. */
  async outputs(account: string, madeUntil: Date): Promise<KeptOutput[]> {
    return this.database.query<KeptOutput>(
      `SELECT s.invocation_id AS "invocationId", s.step, s.stream, s.object_key AS "objectKey"
       FROM invocation i JOIN output_stream s ON s.invocation_id = i.id
       WHERE i.account = $1 AND i.command_id IN (${OLD}) AND s.object_key IS NOT NULL LIMIT $3`,
      [account, madeUntil, OBJECTS],
    );
  }

  /** Its object is gone. */
  async forgetOutput({ invocationId, step, stream }: KeptOutput): Promise<void> {
    await this.database.query(
      'DELETE FROM output_stream WHERE invocation_id = $1 AND step = $2 AND stream = $3 RETURNING step',
      [invocationId, step, stream],
    );
  }

  /** Removes some commands, invocations first: one command may have ten thousand. */
  async remove(account: string, madeUntil: Date): Promise<{ commands: number; more: boolean }> {
    const invocations = await this.database.query(
      `DELETE FROM invocation WHERE id IN (
         SELECT id FROM invocation WHERE account = $1 AND command_id IN (${OLD}) ORDER BY command_id, node_id LIMIT $3
       ) RETURNING id`,
      [account, madeUntil, INVOCATIONS],
    );
    if (invocations.length === INVOCATIONS) return { commands: 0, more: true };
    const commands = await this.database.query(
      `DELETE FROM command WHERE id IN (${OLD} ORDER BY id LIMIT $3 FOR UPDATE) RETURNING id`,
      [account, madeUntil, COMMANDS],
    );
    return { commands: commands.length, more: commands.length === COMMANDS };
  }
}
