import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** Labels of a parameter that the transaction has locked. */
@Injectable()
export class ParameterLabels {
  /** Whether the parameter has this version. */
  async hasVersion(tx: Tx, parameterId: string, number: number): Promise<boolean> {
    const rows = await tx.named(
      'label.version',
      `SELECT 1 FROM parameter_version WHERE parameter_id = $1 AND number = $2`,
      [parameterId, number],
    );
    return rows.length > 0;
  }

  /** Gives labels to a version; they leave the ones where they were. @returns those that it did not have, and how many it has now */
  async move(
    tx: Tx,
    parameterId: string,
    number: number,
    labels: readonly string[],
  ): Promise<{ moved: string[]; count: number }> {
    const moved = await tx.named<{ label: string }>(
      'label.move',
      `INSERT INTO parameter_label (parameter_id, label, number)
       SELECT $1, label, $2 FROM unnest($3::text[]) AS label
       ON CONFLICT (parameter_id, label) DO UPDATE SET number = excluded.number
       WHERE parameter_label.number <> excluded.number
       RETURNING label`,
      [parameterId, number, labels],
    );
    const [has] = await tx.named<{ count: number }>(
      'label.count',
      `SELECT count(*)::int AS count FROM parameter_label WHERE parameter_id = $1 AND number = $2`,
      [parameterId, number],
    );
    return { moved: moved.map((each) => each.label), count: has!.count };
  }

  /** Takes labels from a version. @returns those that it had */
  async remove(tx: Tx, parameterId: string, number: number, labels: readonly string[]): Promise<string[]> {
    const gone = await tx.named<{ label: string }>(
      'label.remove',
      `DELETE FROM parameter_label WHERE parameter_id = $1 AND number = $2 AND label = ANY ($3::text[])
       RETURNING label`,
      [parameterId, number, labels],
    );
    return gone.map((each) => each.label);
  }
}
