-- What the migrations make. Written by a test; do not edit.

CREATE TABLE activation (
  id uuid NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  code_hash bytea NOT NULL,
  default_instance_name text,
  description text,
  iam_role text NOT NULL,
  registration_limit integer NOT NULL,
  registrations_count integer NOT NULL DEFAULT 0,
  expires_at timestamp with time zone NOT NULL,
  tags jsonb NOT NULL DEFAULT '{}'::jsonb,
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT activation_pkey PRIMARY KEY (id),
  CONSTRAINT activation_count_check CHECK (((registrations_count >= 0) AND (registrations_count <= registration_limit)))
);
CREATE INDEX activation_account_region_id_idx ON activation USING btree (account, region, id);

CREATE TABLE node (
  id text COLLATE "C" NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  activation uuid NOT NULL,
  public_key text NOT NULL,
  key_generation integer NOT NULL DEFAULT 1,
  iam_role text NOT NULL,
  name text,
  tags jsonb NOT NULL DEFAULT '{}'::jsonb,
  registered_at timestamp with time zone NOT NULL DEFAULT now(),
  platform_type text,
  platform_name text,
  platform_version text,
  computer_name text,
  ip_address text,
  agent_version text,
  architecture text,
  plugins text[] NOT NULL DEFAULT '{}'::text[],
  CONSTRAINT node_public_key_key UNIQUE (public_key),
  CONSTRAINT node_pkey PRIMARY KEY (id)
);
CREATE INDEX node_account_region_id_idx ON node USING btree (account, region, id);
CREATE INDEX node_tags_idx ON node USING gin (tags);

CREATE TABLE observation (
  single boolean NOT NULL DEFAULT true,
  listened_until timestamp with time zone NOT NULL,
  CONSTRAINT observation_pkey PRIMARY KEY (single),
  CONSTRAINT observation_single_check CHECK (single)
);

CREATE TABLE presence (
  node_id text COLLATE "C" NOT NULL,
  connected boolean NOT NULL DEFAULT false,
  epoch text,
  granted_at timestamp with time zone,
  fingerprint text,
  boot_id text,
  connection_id text,
  last_seen_at timestamp with time zone,
  deadline_at timestamp with time zone,
  clock_skew_ms bigint,
  previous_connection_id text,
  previous_boot_id text,
  rival_fingerprint text,
  rival_first_seen_at timestamp with time zone,
  rival_last_seen_at timestamp with time zone,
  blocked text,
  CONSTRAINT presence_pkey PRIMARY KEY (node_id),
  CONSTRAINT presence_node_id_fkey FOREIGN KEY (node_id) REFERENCES node(id) ON DELETE CASCADE
) WITH (fillfactor=70);
