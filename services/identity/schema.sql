-- What the migrations make. Written by a test; do not edit.

CREATE TABLE access_key (
  id text NOT NULL,
  principal uuid NOT NULL,
  sealed_secret text NOT NULL,
  status text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT access_key_pkey PRIMARY KEY (id),
  CONSTRAINT access_key_principal_fkey FOREIGN KEY (principal) REFERENCES principal(id),
  CONSTRAINT access_key_status_check CHECK ((status = ANY (ARRAY['Active'::text, 'Inactive'::text])))
);
CREATE INDEX access_key_principal_idx ON access_key USING btree (principal, id);
CREATE INDEX access_key_root_key_idx ON access_key USING btree (split_part(sealed_secret, '.'::text, 2));

CREATE TABLE access_key_use (
  access_key text NOT NULL,
  at timestamp with time zone NOT NULL,
  region text NOT NULL,
  service text NOT NULL,
  CONSTRAINT access_key_use_pkey PRIMARY KEY (access_key),
  CONSTRAINT access_key_use_access_key_fkey FOREIGN KEY (access_key) REFERENCES access_key(id) ON DELETE CASCADE
);

CREATE TABLE account (
  id text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  name text NOT NULL DEFAULT ''::text,
  management boolean NOT NULL DEFAULT false,
  alias text,
  sandbox boolean NOT NULL DEFAULT false,
  administrator uuid,
  CONSTRAINT account_alias_key UNIQUE (alias),
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT account_administrator_fkey FOREIGN KEY (administrator) REFERENCES principal(id) ON DELETE SET NULL,
  CONSTRAINT account_id_check CHECK ((id ~ '^[0-9]{12}$'::text))
);
CREATE UNIQUE INDEX account_management_key ON account USING btree (management) WHERE management;

CREATE TABLE attachment (
  principal uuid NOT NULL,
  policy uuid NOT NULL,
  CONSTRAINT attachment_pkey PRIMARY KEY (principal, policy),
  CONSTRAINT attachment_policy_fkey FOREIGN KEY (policy) REFERENCES policy(id),
  CONSTRAINT attachment_principal_fkey FOREIGN KEY (principal) REFERENCES principal(id)
);
CREATE INDEX attachment_policy_idx ON attachment USING btree (policy, principal);

CREATE TABLE emptying (
  account text NOT NULL,
  region text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  removed jsonb NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT emptying_pkey PRIMARY KEY (account),
  CONSTRAINT emptying_account_fkey FOREIGN KEY (account) REFERENCES account(id)
);
CREATE INDEX emptying_unfinished_idx ON emptying USING btree (requested_at) WHERE (finished_at IS NULL);

CREATE TABLE inline_policy (
  principal uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  document text NOT NULL,
  CONSTRAINT inline_policy_pkey PRIMARY KEY (principal, name),
  CONSTRAINT inline_policy_principal_fkey FOREIGN KEY (principal) REFERENCES principal(id)
);

CREATE TABLE kms_alias (
  account text NOT NULL,
  region text NOT NULL,
  name text COLLATE "C" NOT NULL,
  key_id text COLLATE "C" NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT kms_alias_pkey PRIMARY KEY (account, region, name),
  CONSTRAINT kms_alias_account_fkey FOREIGN KEY (account) REFERENCES account(id),
  CONSTRAINT kms_alias_key_id_fkey FOREIGN KEY (key_id) REFERENCES kms_key(id) ON DELETE CASCADE
);
CREATE INDEX kms_alias_key_id_name_idx ON kms_alias USING btree (key_id, name);

CREATE TABLE kms_key (
  id text COLLATE "C" NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  manager text NOT NULL,
  description text NOT NULL,
  state text NOT NULL,
  policy text NOT NULL,
  tags jsonb NOT NULL,
  version integer NOT NULL,
  rotation_days integer,
  next_rotation_at timestamp with time zone,
  deletion_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT kms_key_pkey PRIMARY KEY (id),
  CONSTRAINT kms_key_account_fkey FOREIGN KEY (account) REFERENCES account(id),
  CONSTRAINT kms_key_check CHECK (((state = 'PendingDeletion'::text) = (deletion_at IS NOT NULL))),
  CONSTRAINT kms_key_check1 CHECK (((rotation_days IS NULL) = (next_rotation_at IS NULL))),
  CONSTRAINT kms_key_manager_check CHECK ((manager = ANY (ARRAY['AWS'::text, 'CUSTOMER'::text]))),
  CONSTRAINT kms_key_state_check CHECK ((state = ANY (ARRAY['Enabled'::text, 'Disabled'::text, 'PendingDeletion'::text])))
);
CREATE INDEX kms_key_account_region_id_idx ON kms_key USING btree (account, region, id);
CREATE INDEX kms_key_deletion_at_idx ON kms_key USING btree (deletion_at) WHERE (state = 'PendingDeletion'::text);
CREATE INDEX kms_key_next_rotation_at_idx ON kms_key USING btree (next_rotation_at) WHERE (state = 'Enabled'::text);

CREATE TABLE kms_key_version (
  key_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  material_id text NOT NULL,
  sealed_material text NOT NULL,
  rotation text,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT kms_key_version_pkey PRIMARY KEY (key_id, version),
  CONSTRAINT kms_key_version_key_id_fkey FOREIGN KEY (key_id) REFERENCES kms_key(id) ON DELETE CASCADE,
  CONSTRAINT kms_key_version_rotation_check CHECK ((rotation = ANY (ARRAY['AUTOMATIC'::text, 'ON_DEMAND'::text])))
);
CREATE INDEX kms_key_version_root_key_idx ON kms_key_version USING btree (split_part(sealed_material, '.'::text, 2));

CREATE TABLE membership (
  member uuid NOT NULL,
  in_group uuid NOT NULL,
  CONSTRAINT membership_pkey PRIMARY KEY (member, in_group),
  CONSTRAINT membership_in_group_fkey FOREIGN KEY (in_group) REFERENCES principal(id),
  CONSTRAINT membership_member_fkey FOREIGN KEY (member) REFERENCES principal(id)
);
CREATE INDEX membership_in_group_idx ON membership USING btree (in_group, member);

CREATE TABLE node_key (
  node_id text COLLATE "C" NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  public_key text NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT node_key_pkey PRIMARY KEY (node_id)
);

CREATE TABLE policy (
  id uuid NOT NULL,
  account text,
  name text COLLATE "C" NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  policy_id text NOT NULL,
  path text COLLATE "C" NOT NULL DEFAULT '/'::text,
  arn text NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  tags jsonb NOT NULL DEFAULT '{}'::jsonb,
  default_version integer NOT NULL DEFAULT 1,
  last_version integer NOT NULL DEFAULT 1,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT policy_arn_key UNIQUE (arn),
  CONSTRAINT policy_policy_id_key UNIQUE (policy_id),
  CONSTRAINT policy_pkey PRIMARY KEY (id),
  CONSTRAINT policy_account_fkey FOREIGN KEY (account) REFERENCES account(id)
);
CREATE UNIQUE INDEX policy_account_name_key ON policy USING btree (account, lower(name)) NULLS NOT DISTINCT;

CREATE TABLE policy_version (
  policy uuid NOT NULL,
  number integer NOT NULL,
  document text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT policy_version_pkey PRIMARY KEY (policy, number),
  CONSTRAINT policy_version_policy_fkey FOREIGN KEY (policy) REFERENCES policy(id) ON DELETE CASCADE
);

CREATE TABLE principal (
  id uuid NOT NULL,
  account text NOT NULL,
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  path text COLLATE "C" NOT NULL,
  user_id text NOT NULL,
  arn text NOT NULL,
  tags jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL,
  description text NOT NULL DEFAULT ''::text,
  trust_policy text,
  max_session_seconds integer,
  boundary uuid,
  last_used_at timestamp with time zone,
  last_used_region text,
  CONSTRAINT principal_arn_key UNIQUE (arn),
  CONSTRAINT principal_user_id_key UNIQUE (user_id),
  CONSTRAINT principal_pkey PRIMARY KEY (id),
  CONSTRAINT principal_account_fkey FOREIGN KEY (account) REFERENCES account(id),
  CONSTRAINT principal_boundary_fkey FOREIGN KEY (boundary) REFERENCES policy(id),
  CONSTRAINT principal_kind_check CHECK ((kind = ANY (ARRAY['User'::text, 'Role'::text, 'Group'::text]))),
  CONSTRAINT principal_role_check CHECK ((((kind = 'Role'::text) = (trust_policy IS NOT NULL)) AND ((kind = 'Role'::text) = (max_session_seconds IS NOT NULL))))
);
CREATE INDEX principal_boundary_idx ON principal USING btree (boundary) WHERE (boundary IS NOT NULL);
CREATE UNIQUE INDEX principal_account_kind_name_key ON principal USING btree (account, kind, lower(name));

CREATE TABLE revision (
  only boolean NOT NULL DEFAULT true,
  value bigint NOT NULL,
  CONSTRAINT revision_pkey PRIMARY KEY ("only"),
  CONSTRAINT revision_only_check CHECK ("only")
);

CREATE TABLE session (
  access_key_id text NOT NULL,
  principal uuid NOT NULL,
  name text,
  sealed_secret text NOT NULL,
  token_hash text NOT NULL,
  policies jsonb NOT NULL DEFAULT '[]'::jsonb,
  tags jsonb NOT NULL DEFAULT '{}'::jsonb,
  transitive_tag_keys text[] NOT NULL DEFAULT '{}'::text[],
  source_identity text,
  issued_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT session_pkey PRIMARY KEY (access_key_id),
  CONSTRAINT session_principal_fkey FOREIGN KEY (principal) REFERENCES principal(id) ON DELETE CASCADE
);
CREATE INDEX session_expires_at_idx ON session USING btree (expires_at);
CREATE INDEX session_principal_idx ON session USING btree (principal);
CREATE INDEX session_root_key_idx ON session USING btree (split_part(sealed_secret, '.'::text, 2));
