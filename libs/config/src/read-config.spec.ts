import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BadConfig, defineConfig, describeConfig, effective, readConfig, setting, z } from './index.js';

const definition = defineConfig('parameters', {
  databaseUrl: setting(z.string(), 'The Postgres of this service.', { secret: true }),
  natsUrl: setting(z.string(), 'Where the bus is.', { default: 'nats://user:hunter2@127.0.0.1:4222' }),
  sweepEveryMs: setting(z.coerce.number().int().positive(), 'How often it sweeps.', { default: 30_000 }),
  caFile: setting(z.string().optional(), 'The CA of the bus.'),
});

describe('a configuration', () => {
  it('is typed, complete and frozen', () => {
    const config = readConfig(definition, {
      MUSTER_PARAMETERS_DATABASE_URL: 'postgres://x',
      MUSTER_PARAMETERS_SWEEP_EVERY_MS: '5',
    });
    expect(config).toEqual({
      databaseUrl: 'postgres://x',
      natsUrl: 'nats://user:hunter2@127.0.0.1:4222',
      sweepEveryMs: 5,
      caFile: undefined,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads a secret from the file that …_FILE names, without its last line break', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'url');
    writeFileSync(file, 'postgres://from-file\n');
    expect(readConfig(definition, { MUSTER_PARAMETERS_DATABASE_URL_FILE: file }).databaseUrl).toBe(
      'postgres://from-file',
    );
  });

  it('reports every problem at once, never with the value', () => {
    const read = () =>
      readConfig(definition, {
        MUSTER_PARAMETERS_DATABASE_URL: '',
        MUSTER_PARAMETERS_SWEEP_EVERY_MS: 'hunter2',
      });
    expect(read).toThrow(BadConfig);
    expect(read).toThrow(/2 problem\(s\)/);
    expect(read).toThrow(
      /MUSTER_PARAMETERS_DATABASE_URL \(or MUSTER_PARAMETERS_DATABASE_URL_FILE\) is missing: The Postgres of this service\./,
    );
    expect(read).toThrow(/MUSTER_PARAMETERS_SWEEP_EVERY_MS is not valid/);
    expect(read).not.toThrow(/hunter2/);
  });

  it('refuses a secret that is given twice, and names a file that is not there', () => {
    const both = { MUSTER_PARAMETERS_DATABASE_URL: 'a', MUSTER_PARAMETERS_DATABASE_URL_FILE: '/b' };
    expect(() => readConfig(definition, both)).toThrow(/both set/);
    expect(() => readConfig(definition, { MUSTER_PARAMETERS_DATABASE_URL_FILE: '/no/such' })).toThrow(/ENOENT/);
  });

  it('can be shown: secrets and passwords are left out', () => {
    const shown = effective(readConfig(definition, { MUSTER_PARAMETERS_DATABASE_URL: 'hunter2' }));
    expect(shown).toEqual({
      MUSTER_PARAMETERS_DATABASE_URL: '<set>',
      MUSTER_PARAMETERS_NATS_URL: 'nats://user:<set>@127.0.0.1:4222',
      MUSTER_PARAMETERS_SWEEP_EVERY_MS: 30_000,
      MUSTER_PARAMETERS_CA_FILE: undefined,
    });
  });

  it('describes itself for the documentation', () => {
    expect(describeConfig(definition)).toMatchObject([
      {
        variable: 'MUSTER_PARAMETERS_DATABASE_URL',
        fileVariable: 'MUSTER_PARAMETERS_DATABASE_URL_FILE',
        required: true,
      },
      { variable: 'MUSTER_PARAMETERS_NATS_URL', required: false },
      { variable: 'MUSTER_PARAMETERS_SWEEP_EVERY_MS', default: 30_000 },
      { variable: 'MUSTER_PARAMETERS_CA_FILE', required: false },
    ]);
  });
});
