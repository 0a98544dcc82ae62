import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RootKeyFile, RootKeySecret } from '@muster/keys';

import { rootKeyProviderSuite } from '../src/suites/root-key-provider.js';

const folder = mkdtempSync(join(tmpdir(), 'muster-root-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const newFile = () => join(folder, `${++count}`, 'root.key');

describe('a root key in a file', () => {
  rootKeyProviderSuite(() => ({
    provider: async (text) => {
      const file = newFile();
      await new RootKeyFile(file).make();
      writeFileSync(file, text);
      return new RootKeyFile(file);
    },
  }));

  it('is made once, readable by its owner alone, also when many make it at once', async () => {
    const file = newFile();
    const providers = Array.from({ length: 8 }, () => new RootKeyFile(file));
    expect(await providers[0]!.exists()).toBe(false);
    await Promise.all(providers.map((each) => each.make()));
    const keys = await Promise.all(providers.map((each) => each.open()));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect(readdirSync(join(file, '..'))).toEqual(['root.key']);
    const text = readFileSync(file, 'utf8');
    await providers[0]!.make();
    expect(readFileSync(file, 'utf8')).toBe(text);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is named when it is not there, or open to others', async () => {
    const file = newFile();
    await expect(new RootKeyFile(file).open()).rejects.toThrow(`the file ${file} cannot be read`);
    const provider = new RootKeyFile(file);
    await provider.make();
    expect(await provider.isOpenToOthers()).toBe(false);
    chmodSync(file, 0o644);
    expect(await provider.isOpenToOthers()).toBe(process.platform !== 'win32');
  });
});

describe('a root key in the surroundings', () => {
  rootKeyProviderSuite(() => ({
    provider: (text) => Promise.resolve(new RootKeySecret(text, 'MUSTER_IDENTITY_ROOT_KEY')),
  }));
});
