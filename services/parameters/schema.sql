-- What the migrations make. Written by a test; do not edit.

CREATE TABLE gone_parameter (
  account text NOT NULL,
  region text NOT NULL,
  path text COLLATE "C" NOT NULL,
  tags jsonb NOT NULL,
  gone_at timestamp with time zone NOT NULL,
  CONSTRAINT gone_parameter_pkey PRIMARY KEY (account, region, path)
);
CREATE INDEX gone_parameter_gone_at_idx ON gone_parameter USING btree (gone_at);

CREATE TABLE parameter (
  id uuid NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  path text COLLATE "C" NOT NULL,
  parent text COLLATE "C" NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL,
  tags jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  resource_policies jsonb,
  standard boolean NOT NULL DEFAULT true,
  CONSTRAINT parameter_account_region_path_key UNIQUE (account, region, path),
  CONSTRAINT parameter_pkey PRIMARY KEY (id)
);
CREATE INDEX parameter_account_region_parent_path_idx ON parameter USING btree (account, region, parent, path) INCLUDE (standard);

CREATE TABLE parameter_label (
  parameter_id uuid NOT NULL,
  label text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  CONSTRAINT parameter_label_pkey PRIMARY KEY (parameter_id, label),
  CONSTRAINT parameter_label_parameter_id_number_fkey FOREIGN KEY (parameter_id, number) REFERENCES parameter_version(parameter_id, number) ON DELETE CASCADE
);

CREATE TABLE parameter_policy (
  parameter_id uuid NOT NULL,
  number bigint NOT NULL,
  place smallint NOT NULL,
  type text NOT NULL,
  text text NOT NULL,
  status text NOT NULL,
  due_at timestamp with time zone NOT NULL,
  superseded boolean NOT NULL DEFAULT false,
  CONSTRAINT parameter_policy_pkey PRIMARY KEY (parameter_id, number, place),
  CONSTRAINT parameter_policy_parameter_id_number_fkey FOREIGN KEY (parameter_id, number) REFERENCES parameter_version(parameter_id, number) ON DELETE CASCADE,
  CONSTRAINT parameter_policy_status_check CHECK ((status = ANY (ARRAY['Pending'::text, 'Finished'::text]))),
  CONSTRAINT parameter_policy_type_check CHECK ((type = ANY (ARRAY['Expiration'::text, 'ExpirationNotification'::text, 'NoChangeNotification'::text])))
);
CREATE INDEX parameter_policy_due_at_idx ON parameter_policy USING btree (due_at) WHERE ((status = 'Pending'::text) AND (NOT superseded));

CREATE TABLE parameter_share (
  account text NOT NULL,
  region text NOT NULL,
  parameter_id uuid NOT NULL,
  CONSTRAINT parameter_share_pkey PRIMARY KEY (account, region, parameter_id),
  CONSTRAINT parameter_share_parameter_id_fkey FOREIGN KEY (parameter_id) REFERENCES parameter(id) ON DELETE CASCADE
);
CREATE INDEX parameter_share_parameter_id_idx ON parameter_share USING btree (parameter_id);

CREATE TABLE parameter_version (
  parameter_id uuid NOT NULL,
  number bigint NOT NULL,
  type text NOT NULL,
  value text NOT NULL,
  tier text NOT NULL,
  data_type text NOT NULL,
  description text,
  allowed_pattern text,
  last_modified_at timestamp with time zone NOT NULL,
  last_modified_by text NOT NULL,
  key_id text,
  CONSTRAINT parameter_version_pkey PRIMARY KEY (parameter_id, number),
  CONSTRAINT parameter_version_parameter_id_fkey FOREIGN KEY (parameter_id) REFERENCES parameter(id) ON DELETE CASCADE,
  CONSTRAINT parameter_version_sealed_check CHECK ((((type = 'SecureString'::text) = (key_id IS NOT NULL)) AND ((type <> 'SecureString'::text) OR (value ~~ 'k1.%'::text)))),
  CONSTRAINT parameter_version_tier_check CHECK ((tier = ANY (ARRAY['Standard'::text, 'Advanced'::text]))),
  CONSTRAINT parameter_version_type_check CHECK ((type = ANY (ARRAY['String'::text, 'StringList'::text, 'SecureString'::text])))
);

CREATE TABLE pending_image (
  id uuid NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  path text COLLATE "C" NOT NULL,
  name text NOT NULL,
  input jsonb NOT NULL,
  author text NOT NULL,
  may_see boolean NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  next_try_at timestamp with time zone NOT NULL,
  CONSTRAINT pending_image_pkey PRIMARY KEY (id)
);
CREATE INDEX pending_image_account_region_path_id_idx ON pending_image USING btree (account, region, path, id);
CREATE INDEX pending_image_next_try_at_idx ON pending_image USING btree (next_try_at);

CREATE TABLE public_catalogue (
  region text NOT NULL,
  name text NOT NULL,
  hash text NOT NULL,
  loaded_at timestamp with time zone NOT NULL,
  CONSTRAINT public_catalogue_pkey PRIMARY KEY (region, name)
);

CREATE TABLE service_setting (
  account text NOT NULL,
  region text NOT NULL,
  id text NOT NULL,
  value text NOT NULL,
  last_modified_at timestamp with time zone NOT NULL,
  last_modified_by text NOT NULL,
  CONSTRAINT service_setting_pkey PRIMARY KEY (account, region, id)
);

CREATE TABLE watch (
  id text NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  path text COLLATE "C" NOT NULL,
  recursive boolean NOT NULL,
  include_values boolean NOT NULL,
  with_decryption boolean NOT NULL,
  caller jsonb NOT NULL,
  principal text NOT NULL,
  action text NOT NULL,
  door text NOT NULL,
  subject text NOT NULL,
  sequence bigint NOT NULL DEFAULT 0,
  beat_sequence bigint NOT NULL DEFAULT 0,
  beat_at timestamp with time zone NOT NULL,
  checked_revision bigint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  end_message text,
  CONSTRAINT watch_subject_key UNIQUE (subject),
  CONSTRAINT watch_pkey PRIMARY KEY (id),
  CONSTRAINT watch_door_check CHECK ((door = ANY (ARRAY['Bus'::text, 'ServerSentEvents'::text])))
);
CREATE INDEX watch_account_region_id_idx ON watch USING btree (account, region, id);
CREATE INDEX watch_account_region_open_idx ON watch USING btree (account, region) WHERE (ended_at IS NULL);
CREATE INDEX watch_ended_at_idx ON watch USING btree (ended_at) WHERE (ended_at IS NOT NULL);
