-- What the migrations make. Written by a test; do not edit.

CREATE TABLE subscription (
  id uuid NOT NULL,
  account text NOT NULL,
  region text NOT NULL,
  name text COLLATE "C" NOT NULL,
  event_type text,
  filter text NOT NULL,
  durable text NOT NULL,
  since timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  credential_expires_at timestamp with time zone NOT NULL,
  missing_since timestamp with time zone,
  CONSTRAINT subscription_account_region_name_key UNIQUE (account, region, name),
  CONSTRAINT subscription_durable_key UNIQUE (durable),
  CONSTRAINT subscription_pkey PRIMARY KEY (id)
);
