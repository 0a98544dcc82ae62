import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { agentVersion } from './agent-version.js';
import { parseOsRelease } from './node-facts.js';
import { scriptEnvironment } from './script-environment.js';

describe('the facts of a node', () => {
  it('come from os-release, unquoted', () => {
    const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';
    expect(parseOsRelease(text)).toMatchObject({ NAME: 'Debian GNU/Linux', VERSION_ID: '12', ID: 'debian' });
  });

  it('name the version of this package', () => {
    const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
    expect(agentVersion).toBe((JSON.parse(text) as { version: string }).version);
  });
});

describe('the environment of a script', () => {
  it('has a path, and nothing of the agent itself', () => {
    const environment = scriptEnvironment({
      LANG: 'C',
      MUSTER_X: 'secret',
      OTEL_EXPORTER_OTLP_HEADERS: 'secret',
      NODE_OPTIONS: '-r x',
      GONE: undefined,
    });
    expect(environment).toEqual({ LANG: 'C', PATH: expect.stringContaining('/usr/bin') });
  });
});
