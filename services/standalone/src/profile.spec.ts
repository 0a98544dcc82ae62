import { execFileSync } from 'node:child_process';

import { awsConfig, shellLine, winningVariables } from './profile.js';

describe('the AWS profile', () => {
  it('holds endpoint, region and key together', () => {
    expect(
      awsConfig({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', accessKeyId: 'AKIA1', secretAccessKey: 's/+' }),
    ).toMatch(
      /\[profile muster\]\nendpoint_url = http:\/\/127.0.0.1:1\nregion = us-east-1\naws_access_key_id = AKIA1\naws_secret_access_key = s\/\+\n/,
    );
  });

  it('is made to be used by one line of shell, whatever the folders are called', () => {
    const configFile = "/tmp/it's here/$HOME/config";
    const line = shellLine({
      endpoint: 'http://127.0.0.1:1',
      configFile,
      binFolder: '/repo dir/bin',
      elsewhere: ['AWS_REGION'],
    });
    const script = `${line}; printf '%s|%s|%s|%s' "$AWS_CONFIG_FILE" "$AWS_PROFILE" "\${AWS_REGION-unset}" "\${PATH%%:*}"`;
    const output = execFileSync('sh', ['-c', script], {
      env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1' },
      encoding: 'utf8',
    });
    expect(output).toBe(`${configFile}|muster|unset|/repo dir/bin`);
  });

  it('unsets only what is set and would win over it', () => {
    const env = { AWS_REGION: 'x', AWS_PROFILE: 'y', AWS_CA_BUNDLE: 'c', PATH: 'z' };
    expect(winningVariables(env, false)).toEqual(['AWS_REGION']);
    expect(winningVariables(env, true)).toEqual(['AWS_REGION', 'AWS_CA_BUNDLE']);
    expect(shellLine({ endpoint: 'http://h:1', configFile: '/c', binFolder: '/b', elsewhere: [] })).toBe(
      'export AWS_CONFIG_FILE=/c AWS_PROFILE=muster MUSTER_URL=http://h:1 PATH="/b:$PATH"',
    );
  });
});
