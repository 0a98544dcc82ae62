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

CREATE TABLE account (
  id text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT account_id_check CHECK ((id ~ '^[0-9]{12}$'::text))
);

CREATE TABLE attachment (
  principal uuid NOT NULL,
  policy uuid NOT NULL,
  CONSTRAINT attachment_pkey PRIMARY KEY (principal, policy),
  CONSTRAINT attachment_policy_fkey FOREIGN KEY (policy) REFERENCES policy(id),
  CONSTRAINT attachment_principal_fkey FOREIGN KEY (principal) REFERENCES principal(id)
);

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
  document text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT policy_account_name_key UNIQUE NULLS NOT DISTINCT (account, name),
  CONSTRAINT policy_pkey PRIMARY KEY (id),
  CONSTRAINT policy_account_fkey FOREIGN KEY (account) REFERENCES account(id)
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
  CONSTRAINT principal_arn_key UNIQUE (arn),
  CONSTRAINT principal_user_id_key UNIQUE (user_id),
  CONSTRAINT principal_pkey PRIMARY KEY (id),
  CONSTRAINT principal_account_fkey FOREIGN KEY (account) REFERENCES account(id),
  CONSTRAINT principal_kind_check CHECK ((kind = 'User'::text))
);
CREATE UNIQUE INDEX principal_account_kind_name_key ON principal USING btree (account, kind, lower(name));

CREATE TABLE revision (
  only boolean NOT NULL DEFAULT true,
  value bigint NOT NULL,
  CONSTRAINT revision_pkey PRIMARY KEY ("only"),
  CONSTRAINT revision_only_check CHECK ("only")
);
