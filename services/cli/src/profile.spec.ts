import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type AskedFor, connectionOf } from './profile.js';

const folder = mkdtempSync(join(tmpdir(), 'cli-profile-'));
const config = join(folder, 'config');
const shared = join(folder, 'credentials');
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  config,
  `# made by npm start
[profile muster]
region = eu-west-1
endpoint_url = http://127.0.0.1:4566
aws_access_key_id = AKIACONFIG
aws_secret_access_key = c/+=
s3 =
  max_concurrent_requests = 20

[default]
region=us-west-2  # where we are
endpoint_url=http://localhost:1
`,
);
writeFileSync(shared, '[default]\naws_access_key_id = AKIASHARED\naws_secret_access_key = s\naws_session_token = t\n');

function connection(asked: AskedFor = {}, env: Record<string, string> = {}) {
  const found = connectionOf(asked, { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: shared, ...env });
  return { ...found, credentials: found.credentials() };
}

describe('whom to ask, as whom', () => {
  it('stands in the profile that is named', () => {
    expect(connection({}, { AWS_PROFILE: 'muster' })).toEqual({
      endpointUrl: 'http://127.0.0.1:4566',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIACONFIG', secretAccessKey: 'c/+=' },
    });
  });

  it('or in the default one', () => {
    expect(connection()).toEqual({
      endpointUrl: 'http://localhost:1',
      region: 'us-west-2',
      credentials: { accessKeyId: 'AKIASHARED', secretAccessKey: 's', sessionToken: 't' },
    });
  });

  it('unless the environment says something else, and the command line above all', () => {
    const env = {
      AWS_PROFILE: 'muster',
      AWS_ACCESS_KEY_ID: 'AKIAENV',
      AWS_SECRET_ACCESS_KEY: 'e',
      AWS_REGION: 'sa-east-1',
      AWS_ENDPOINT_URL: 'http://env',
      AWS_CA_BUNDLE: '/ca.pem',
    };
    expect(connection({}, env)).toMatchObject({
      endpointUrl: 'http://env',
      region: 'sa-east-1',
      caBundle: '/ca.pem',
      credentials: { accessKeyId: 'AKIAENV' },
    });
    expect(connection({ profile: 'muster', region: 'x', endpointUrl: 'https://y' }, env)).toMatchObject({
      endpointUrl: 'https://y',
      region: 'x',
      credentials: { accessKeyId: 'AKIACONFIG' },
    });
  });

  it.each([
    [{ profile: 'nobody' }, {}, 'The config profile (nobody) could not be found'],
    [{ endpointUrl: 'ftp://x' }, {}, "The endpoint 'ftp://x' is no http or https URL"],
    [{}, { AWS_CONFIG_FILE: '/none' }, /^There is no endpoint/],
    [{}, { AWS_SHARED_CREDENTIALS_FILE: '/none' }, /^Unable to locate credentials/],
  ])('is said to be missing: %j %j', (asked, env, message) => {
    expect(() => connection(asked, env)).toThrow(
      expect.objectContaining({
        exitCode: 253,
        message: message instanceof RegExp ? expect.stringMatching(message) : message,
      }),
    );
  });
});
