import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Credentials } from '@muster/aws-protocol';
import type { Environment } from '@muster/config';

import { CliError, exitCode } from './cli-error.js';
import { type IniFile, parseIni } from './ini.js';

/** What the command line says about whom to ask as whom. */
export interface AskedFor {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
}

/** Whom to ask, as whom. */
export interface Connection {
  readonly endpointUrl: string;
  readonly region: string;
  readonly caBundle?: string;
  /** Asked for when they are needed: unsigned calls need none. */
  credentials(): Credentials;
}

/**
 * Finds endpoint, region and credentials where the aws CLI looks for them: options, environment, profile.
 * @throws CliError saying what is missing and where to put it
 */
export function connectionOf(asked: AskedFor, env: Environment): Connection {
  const config = readIni(env['AWS_CONFIG_FILE'] ?? join(homeOf(env), '.aws', 'config'));
  const shared = readIni(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(homeOf(env), '.aws', 'credentials'));
  const name = asked.profile ?? env['AWS_PROFILE'] ?? env['AWS_DEFAULT_PROFILE'] ?? 'default';
  const section = name === 'default' ? (config['default'] ?? config['profile default']) : config[`profile ${name}`];
  if (!section && !shared[name] && name !== 'default') {
    throw new CliError(`The config profile (${name}) could not be found`, exitCode.configuration);
  }
  const profile: Record<string, string | undefined> = { ...section, ...shared[name] };

  const caBundle = asked.caBundle ?? env['AWS_CA_BUNDLE'] ?? profile['ca_bundle'];
  return {
    endpointUrl: endpointOf(
      asked.endpointUrl ?? env['AWS_ENDPOINT_URL_MUSTER'] ?? env['AWS_ENDPOINT_URL'] ?? profile['endpoint_url'],
    ),
    region: asked.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? profile['region'] ?? 'us-east-1',
    ...(caBundle ? { caBundle } : {}),
    // A profile that is named on the command line is meant; else the environment comes first, as in botocore.
    credentials: () =>
      (asked.profile === undefined ? fromEnvironment(env) : undefined) ?? fromProfile(profile) ?? noCredentials(),
  };
}

function endpointOf(text: string | undefined): string {
  if (!text) {
    throw new CliError(
      'There is no endpoint: give --endpoint-url, set AWS_ENDPOINT_URL, or use the profile that `npm start` wrote (AWS_CONFIG_FILE, AWS_PROFILE)',
      exitCode.configuration,
    );
  }
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new CliError(`The endpoint '${text}' is no http or https URL`, exitCode.configuration);
  }
  return text;
}

function fromEnvironment(env: Environment): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function fromProfile(profile: Readonly<Record<string, string | undefined>>): Credentials | undefined {
  const {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_session_token: sessionToken,
  } = profile;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function noCredentials(): never {
  throw new CliError(
    'Unable to locate credentials. Set AWS_CONFIG_FILE and AWS_PROFILE to the profile that `npm start` wrote, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    exitCode.configuration,
  );
}

function homeOf(env: Environment): string {
  return env['HOME'] ?? homedir();
}

function readIni(path: string): IniFile {
  try {
    return parseIni(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CliError(`${path} cannot be read: ${(error as Error).message}`, exitCode.configuration, { cause: error });
  }
}
