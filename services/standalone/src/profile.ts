/** What AWS's clients need to know to use this Muster instead. */
export interface Profile {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** File of the own certificate authority, with TLS. */
  readonly caFile?: string;
}

/**
 * The text of an AWS config file with one profile, `muster`. Endpoint, region and key stand together in it: the CLI, botocore
 * and the SDKs for JavaScript, Go and Java read all of them from the config file.
 */
export function awsConfig(profile: Profile): string {
  return [
    '# Made by Muster at each start. `export AWS_CONFIG_FILE=<this file> AWS_PROFILE=muster` points AWS clients to it.',
    '[profile muster]',
    `endpoint_url = ${profile.endpoint}`,
    `region = ${profile.region}`,
    `aws_access_key_id = ${profile.accessKeyId}`,
    `aws_secret_access_key = ${profile.secretAccessKey}`,
    ...(profile.caFile ? [`ca_bundle = ${profile.caFile}`] : []),
    '',
  ].join('\n');
}

/**
 * The line to paste into a shell: AWS clients find the profile, `muster` and `muster-agent` are found, and know the URL.
 * @param elsewhere AWS variables that are set where Muster was started: they would win over the profile, so they are unset
 */
export function shellLine(how: {
  endpoint: string;
  configFile: string;
  binFolder: string;
  caFile?: string;
  elsewhere: readonly string[];
}): string {
  const unset = how.elsewhere.length > 0 ? `unset ${how.elsewhere.join(' ')}; ` : '';
  // Node.js has no setting for a CA in a profile, only this variable.
  const ca = how.caFile ? ` NODE_EXTRA_CA_CERTS=${quoted(how.caFile)}` : '';
  return `${unset}export AWS_CONFIG_FILE=${quoted(how.configFile)} AWS_PROFILE=muster MUSTER_URL=${how.endpoint}${ca} PATH=${pathWith(how.binFolder)}`;
}

function pathWith(folder: string): string {
  return quoted(folder) === folder ? `"${folder}:$PATH"` : `${quoted(folder)}:"$PATH"`;
}

const winning = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SSM',
  'AWS_ENDPOINT_URL_STS',
  'AWS_SHARED_CREDENTIALS_FILE',
];

/** Those AWS variables that are set and would win over the profile; with TLS, another authority too. */
export function winningVariables(env: Readonly<Record<string, string | undefined>>, tls: boolean): string[] {
  return [...winning, ...(tls ? ['AWS_CA_BUNDLE'] : [])].filter((name) => env[name] !== undefined);
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
