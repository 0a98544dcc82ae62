-- What the migrations make. Written by a test; do not edit.

CREATE TABLE command (
  id uuid NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  document_name text NOT NULL,
  document_version text NOT NULL,
  document text NOT NULL,
  steps jsonb NOT NULL,
  parameters jsonb NOT NULL,
  comment text NOT NULL,
  instance_ids text[] NOT NULL,
  targets jsonb NOT NULL,
  timeout_seconds integer NOT NULL,
  max_concurrency text NOT NULL,
  max_errors text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  deliver_by timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  traceparent text,
  sealed_at timestamp with time zone,
  concurrency_limit integer NOT NULL DEFAULT 0,
  error_limit integer NOT NULL DEFAULT 0,
  target_count integer NOT NULL DEFAULT 0,
  unsent integer NOT NULL DEFAULT 0,
  sent integer NOT NULL DEFAULT 0,
  success integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  execution_timed_out integer NOT NULL DEFAULT 0,
  delivery_timed_out integer NOT NULL DEFAULT 0,
  cancelled integer NOT NULL DEFAULT 0,
  terminated integer NOT NULL DEFAULT 0,
  undeliverable integer NOT NULL DEFAULT 0,
  started_at timestamp with time zone,
  stopped text,
  status text NOT NULL DEFAULT 'Pending'::text,
  status_details text NOT NULL DEFAULT 'Pending'::text,
  finished_at timestamp with time zone,
  CONSTRAINT command_pkey PRIMARY KEY (id),
  CONSTRAINT command_adds_up CHECK ((target_count = ((((((((unsent + sent) + success) + failed) + execution_timed_out) + delivery_timed_out) + cancelled) + terminated) + undeliverable))),
  CONSTRAINT command_sent_check CHECK ((sent >= 0)),
  CONSTRAINT command_stopped_check CHECK ((stopped = ANY (ARRAY['Cancel'::text, 'MaxErrors'::text]))),
  CONSTRAINT command_unsent_check CHECK ((unsent >= 0))
);
CREATE INDEX command_account_region_id_idx ON command USING btree (account, region, id DESC) WHERE (sealed_at IS NOT NULL);
CREATE INDEX command_deliver_by_idx ON command USING btree (deliver_by) WHERE ((finished_at IS NULL) AND (unsent > 0));
CREATE INDEX command_expires_at_idx ON command USING btree (expires_at) WHERE (finished_at IS NULL);
CREATE INDEX command_unsealed_idx ON command USING btree (requested_at) WHERE (sealed_at IS NULL);

CREATE TABLE invocation (
  id uuid NOT NULL,
  command_id uuid NOT NULL,
  node_id text NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  node_name text NOT NULL,
  status text NOT NULL DEFAULT 'Pending'::text,
  status_details text NOT NULL DEFAULT 'Pending'::text,
  reason text NOT NULL DEFAULT ''::text,
  due_at timestamp with time zone,
  sent_at timestamp with time zone,
  unsure boolean NOT NULL DEFAULT false,
  attempt integer NOT NULL DEFAULT 0,
  accepted_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  response_code integer NOT NULL DEFAULT '-1'::integer,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  final_at timestamp with time zone,
  observed jsonb,
  observed_at timestamp with time zone,
  CONSTRAINT invocation_command_id_node_id_key UNIQUE (command_id, node_id),
  CONSTRAINT invocation_pkey PRIMARY KEY (id),
  CONSTRAINT invocation_command_id_fkey FOREIGN KEY (command_id) REFERENCES command(id) ON DELETE CASCADE
);
CREATE INDEX invocation_account_region_command_idx ON invocation USING btree (account, region, command_id DESC, node_id);
CREATE INDEX invocation_account_region_node_idx ON invocation USING btree (account, region, node_id, command_id DESC);
CREATE INDEX invocation_sent_due_idx ON invocation USING btree (command_id, due_at) WHERE ((sent_at IS NOT NULL) AND (due_at IS NOT NULL));
CREATE INDEX invocation_unsent_idx ON invocation USING btree (command_id, due_at, node_id) WHERE ((sent_at IS NULL) AND (final_at IS NULL));
CREATE INDEX invocation_waiting_node_idx ON invocation USING btree (node_id, due_at) WHERE (due_at IS NOT NULL);

CREATE TABLE output_chunk (
  invocation_id uuid NOT NULL,
  step text NOT NULL,
  stream text NOT NULL,
  position bigint NOT NULL,
  data bytea NOT NULL,
  CONSTRAINT output_chunk_pkey PRIMARY KEY (invocation_id, step, stream, "position"),
  CONSTRAINT output_chunk_invocation_id_step_stream_fkey FOREIGN KEY (invocation_id, step, stream) REFERENCES output_stream(invocation_id, step, stream) ON DELETE CASCADE
);

CREATE TABLE output_stream (
  invocation_id uuid NOT NULL,
  step text NOT NULL,
  stream text NOT NULL,
  kept_bytes bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'open'::text,
  due_at timestamp with time zone,
  object_key text,
  object_length bigint,
  CONSTRAINT output_stream_pkey PRIMARY KEY (invocation_id, step, stream),
  CONSTRAINT output_stream_invocation_id_fkey FOREIGN KEY (invocation_id) REFERENCES invocation(id) ON DELETE CASCADE,
  CONSTRAINT output_stream_state_check CHECK ((state = ANY (ARRAY['open'::text, 'short'::text, 'whole'::text, 'incomplete'::text, 'damaged'::text]))),
  CONSTRAINT output_stream_stream_check CHECK ((stream = ANY (ARRAY['stdout'::text, 'stderr'::text])))
);
CREATE INDEX output_stream_due_idx ON output_stream USING btree (due_at) WHERE (state = 'open'::text);

CREATE TABLE step (
  invocation_id uuid NOT NULL,
  name text NOT NULL,
  status text NOT NULL,
  status_details text NOT NULL,
  exit_code integer NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  stdout_head bytea NOT NULL,
  stdout_length bigint NOT NULL,
  stdout_sha256 bytea NOT NULL,
  stdout_cut boolean NOT NULL,
  stderr_head bytea NOT NULL,
  stderr_length bigint NOT NULL,
  stderr_sha256 bytea NOT NULL,
  stderr_cut boolean NOT NULL,
  CONSTRAINT step_pkey PRIMARY KEY (invocation_id, name),
  CONSTRAINT step_invocation_id_fkey FOREIGN KEY (invocation_id) REFERENCES invocation(id) ON DELETE CASCADE
);
