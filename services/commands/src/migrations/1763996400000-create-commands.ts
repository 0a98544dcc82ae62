import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Commands with their ledgers, invocations, what their steps wrote. */
export class CreateCommands1763996400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE command (
        id                uuid PRIMARY KEY,
        account           text NOT NULL,
        region            text NOT NULL,
        document_name     text NOT NULL,
        document_version  text NOT NULL,
        document          text NOT NULL,
        steps             jsonb NOT NULL,
        parameters        jsonb NOT NULL,
        comment           text NOT NULL,
        instance_ids      text[] NOT NULL,
        targets           jsonb NOT NULL,
        timeout_seconds   integer NOT NULL,
        max_concurrency   text NOT NULL,
        max_errors        text NOT NULL,
        requested_by      text NOT NULL,
        requested_at      timestamptz NOT NULL,
        deliver_by        timestamptz NOT NULL,
        expires_at        timestamptz NOT NULL,
        traceparent       text,
        sealed_at         timestamptz,
        concurrency_limit integer NOT NULL DEFAULT 0,
        error_limit       integer NOT NULL DEFAULT 0,
        target_count      integer NOT NULL DEFAULT 0,
        unsent            integer NOT NULL DEFAULT 0 CHECK (unsent >= 0),
        sent              integer NOT NULL DEFAULT 0 CHECK (sent >= 0),
        success           integer NOT NULL DEFAULT 0,
        failed            integer NOT NULL DEFAULT 0,
        execution_timed_out integer NOT NULL DEFAULT 0,
        delivery_timed_out  integer NOT NULL DEFAULT 0,
        cancelled         integer NOT NULL DEFAULT 0,
        terminated        integer NOT NULL DEFAULT 0,
        undeliverable     integer NOT NULL DEFAULT 0,
        started_at        timestamptz,
        stopped           text CHECK (stopped IN ('Cancel', 'MaxErrors')),
        status            text NOT NULL DEFAULT 'Pending',
        status_details    text NOT NULL DEFAULT 'Pending',
        finished_at       timestamptz,
        CONSTRAINT command_adds_up CHECK (
          target_count = unsent + sent + success + failed + execution_timed_out + delivery_timed_out
                       + cancelled + terminated + undeliverable
        )
      );
      CREATE INDEX command_account_region_id_idx ON command (account, region, id DESC) WHERE sealed_at IS NOT NULL;
      CREATE INDEX command_unsealed_idx ON command (requested_at) WHERE sealed_at IS NULL;
      CREATE INDEX command_deliver_by_idx ON command (deliver_by) WHERE finished_at IS NULL AND unsent > 0;
      CREATE INDEX command_expires_at_idx ON command (expires_at) WHERE finished_at IS NULL;

      CREATE TABLE invocation (
        id                  uuid PRIMARY KEY,
        command_id          uuid NOT NULL REFERENCES command (id) ON DELETE CASCADE,
        node_id             text NOT NULL,
        account             text NOT NULL,
        region              text NOT NULL,
        node_name           text NOT NULL,
        status              text NOT NULL DEFAULT 'Pending',
        status_details      text NOT NULL DEFAULT 'Pending',
        reason              text NOT NULL DEFAULT '',
        due_at              timestamptz,
        sent_at             timestamptz,
        unsure              boolean NOT NULL DEFAULT false,
        attempt             integer NOT NULL DEFAULT 0,
        accepted_at         timestamptz,
        cancel_requested_at timestamptz,
        response_code       integer NOT NULL DEFAULT -1,
        started_at          timestamptz,
        finished_at         timestamptz,
        final_at            timestamptz,
        observed            jsonb,
        observed_at         timestamptz,
        CONSTRAINT invocation_command_id_node_id_key UNIQUE (command_id, node_id)
      );
      -- Two queues of the gate: what waits for a slot, and what has one and is due again (lease, cancelling).
      CREATE INDEX invocation_unsent_idx ON invocation (command_id, due_at, node_id)
        WHERE sent_at IS NULL AND final_at IS NULL;
      CREATE INDEX invocation_sent_due_idx ON invocation (command_id, due_at)
        WHERE sent_at IS NOT NULL AND due_at IS NOT NULL;
      CREATE INDEX invocation_waiting_node_idx ON invocation (node_id, due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX invocation_account_region_command_idx ON invocation (account, region, command_id DESC, node_id);
      CREATE INDEX invocation_account_region_node_idx ON invocation (account, region, node_id, command_id DESC);

      CREATE TABLE step (
        invocation_id uuid NOT NULL REFERENCES invocation (id) ON DELETE CASCADE,
        name          text NOT NULL,
        status        text NOT NULL,
        status_details text NOT NULL,
        exit_code     integer NOT NULL,
        started_at    timestamptz,
        finished_at   timestamptz,
        stdout_head   bytea NOT NULL,
        stdout_length bigint NOT NULL,
        stdout_sha256 bytea NOT NULL,
        stdout_cut    boolean NOT NULL,
        stderr_head   bytea NOT NULL,
        stderr_length bigint NOT NULL,
        stderr_sha256 bytea NOT NULL,
        stderr_cut    boolean NOT NULL,
        PRIMARY KEY (invocation_id, name)
      );

      -- Output on its way into the object store.
      CREATE TABLE output_stream (
        invocation_id uuid NOT NULL REFERENCES invocation (id) ON DELETE CASCADE,
        step          text NOT NULL,
        stream        text NOT NULL CHECK (stream IN ('stdout', 'stderr')),
        kept_bytes    bigint NOT NULL DEFAULT 0,
        state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'short', 'whole', 'incomplete', 'damaged')),
        due_at        timestamptz,
        object_key    text,
        object_length bigint,
        PRIMARY KEY (invocation_id, step, stream)
      );
      CREATE INDEX output_stream_due_idx ON output_stream (due_at) WHERE state = 'open';
      CREATE TABLE output_chunk (
        invocation_id uuid NOT NULL,
        step          text NOT NULL,
        stream        text NOT NULL,
        position      bigint NOT NULL,
        data          bytea NOT NULL,
        PRIMARY KEY (invocation_id, step, stream, position),
        FOREIGN KEY (invocation_id, step, stream) REFERENCES output_stream (invocation_id, step, stream) ON DELETE CASCADE
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
