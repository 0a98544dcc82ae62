-- What the migrations make. Written by a test; do not edit.

CREATE TABLE answered_call (
  principal text NOT NULL,
  operation text NOT NULL,
  body_hash text NOT NULL,
  invocation_id text NOT NULL,
  answer bytea,
  at timestamp with time zone NOT NULL,
  CONSTRAINT answered_call_pkey PRIMARY KEY (principal, operation, body_hash, invocation_id)
);
CREATE INDEX answered_call_at_idx ON answered_call USING btree (at);

CREATE TABLE dead_letter (
  id uuid NOT NULL,
  durable text NOT NULL,
  subject text NOT NULL,
  stream_seq bigint NOT NULL,
  body bytea NOT NULL,
  headers jsonb NOT NULL,
  reason text NOT NULL,
  failed_at timestamp with time zone NOT NULL,
  released_at timestamp with time zone,
  CONSTRAINT dead_letter_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX dead_letter_durable_stream_seq_key ON dead_letter USING btree (durable, stream_seq) WHERE (released_at IS NULL);

CREATE TABLE inbox (
  durable text NOT NULL,
  event_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  stream_seq bigint,
  CONSTRAINT inbox_pkey PRIMARY KEY (durable, event_id)
);
CREATE INDEX inbox_at_idx ON inbox USING btree (at);
CREATE INDEX inbox_durable_stream_seq_idx ON inbox USING btree (durable, stream_seq) WHERE (stream_seq IS NOT NULL);

CREATE TABLE outbox (
  id bigint NOT NULL DEFAULT nextval('outbox_id_seq'::regclass),
  event_id uuid NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  relay_seq bigint,
  stream_seq bigint,
  published_at timestamp with time zone,
  CONSTRAINT outbox_relay_seq_key UNIQUE (relay_seq),
  CONSTRAINT outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX outbox_placed_idx ON outbox USING btree (relay_seq) WHERE ((published_at IS NULL) AND (relay_seq IS NOT NULL));
CREATE INDEX outbox_published_at_idx ON outbox USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE INDEX outbox_stream_seq_idx ON outbox USING btree (stream_seq) WHERE (stream_seq IS NOT NULL);
CREATE INDEX outbox_unpublished_idx ON outbox USING btree (id) WHERE (published_at IS NULL);
