import type { StepReport, StreamReport } from '@muster/contracts';
import type { Queries, Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Standing } from '../domain/invocation-status.js';
import { nodeText } from '../domain/node-text.js';
import { nodeTime } from '../domain/node-time.js';
import { exitCodeOf, standingOf } from '../domain/status-report.js';

const STDOUT_HEAD_BYTES = 96_000;
const STDERR_HEAD_BYTES = 32_000;

/** What a step of an invocation did. */
export interface StepRow extends Standing {
  readonly invocationId: string;
  readonly name: string;
  readonly exitCode: number;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly stdoutHead: Buffer;
  readonly stderrHead: Buffer;
}

/** Results of steps, with the heads of their outputs. */
@Injectable()
export class Steps {
  /** Keeps what a final report says about its steps; the first report counts. */
  async keep(
    tx: Tx,
    reports: readonly {
      readonly invocationId: string;
      readonly cancelRequested: boolean;
      readonly steps: readonly StepReport[];
    }[],
  ): Promise<void> {
    const rows = reports.flatMap(({ invocationId, cancelRequested, steps }) =>
      // A document has few steps; a node that says otherwise is not believed beyond that.
      steps.slice(0, 100).map((step) => ({ invocationId, step, standing: standingOf(step.outcome, cancelRequested) })),
    );
    if (rows.length === 0) return;
    const stdout = rows.map(({ step }) => step.stdout);
    const stderr = rows.map(({ step }) => step.stderr);
    await tx.named(
      'steps.keep',
      `INSERT INTO step (invocation_id, name, status, status_details, exit_code, started_at, finished_at,
         stdout_head, stdout_length, stdout_sha256, stdout_cut, stderr_head, stderr_length, stderr_sha256, stderr_cut)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[],
         $7::timestamptz[], $8::bytea[], $9::bigint[], $10::bytea[], $11::boolean[], $12::bytea[], $13::bigint[],
         $14::bytea[], $15::boolean[])
       ON CONFLICT (invocation_id, name) DO NOTHING`,
      [
        rows.map(({ invocationId }) => invocationId),
        rows.map(({ step }) => nodeText(step.name, 200)),
        rows.map(({ standing }) => standing.status),
        rows.map(({ standing }) => standing.details),
        rows.map(({ step }) => exitCodeOf(step)),
        rows.map(({ step }) => nodeTime(step.startedAtMs)),
        rows.map(({ step }) => nodeTime(step.finishedAtMs)),
        stdout.map((stream) => headOf(stream, STDOUT_HEAD_BYTES)),
        stdout.map(lengthOf),
        stdout.map((stream) => Buffer.from(stream?.sha256 ?? [])),
        stdout.map((stream) => stream?.cut ?? false),
        stderr.map((stream) => headOf(stream, STDERR_HEAD_BYTES)),
        stderr.map(lengthOf),
        stderr.map((stream) => Buffer.from(stream?.sha256 ?? [])),
        stderr.map((stream) => stream?.cut ?? false),
      ],
    );
  }

  /** All steps of these invocations that a report spoke of. */
  async of(on: Queries, invocationIds: readonly string[]): Promise<StepRow[]> {
    return on.named<StepRow>(
      'steps.of',
      `SELECT invocation_id AS "invocationId", name, status, status_details AS details, exit_code AS "exitCode",
         started_at AS "startedAt", finished_at AS "finishedAt", stdout_head AS "stdoutHead", stderr_head AS "stderrHead"
       FROM step WHERE invocation_id = ANY($1::uuid[])`,
      [invocationIds],
    );
  }
}

function headOf(stream: StreamReport | undefined, most: number): Buffer {
  return Buffer.from(stream?.head.subarray(0, most) ?? []);
}

/** A node may say any number: what cannot be read back would stop the sweep over everybody's output. */
function lengthOf(stream: StreamReport | undefined): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Number(stream?.length ?? 0n)));
}
