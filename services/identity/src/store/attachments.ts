import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** Which managed policy is attached to whom. */
@Injectable()
export class Attachments {
  /** Attached already is as good. */
  async add(tx: Queries, principal: string, policyArn: string): Promise<void> {
    await tx.query(
      'INSERT INTO attachment (principal, policy) SELECT $1, id FROM policy WHERE arn = $2 ON CONFLICT DO NOTHING',
      [principal, policyArn],
    );
  }
}
