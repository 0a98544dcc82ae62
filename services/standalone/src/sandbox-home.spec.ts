import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Home } from './home.js';
import { checkSandbox } from './sandbox-home.js';

describe('a data folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-sandbox-home-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function aHome(name: string, key?: object): Home {
    const home = Home.open(path.join(folder, name));
    if (key) {
      mkdirSync(home.at('keys'), { recursive: true });
      writeFileSync(home.at('keys', 'first-access-key.json'), JSON.stringify(key));
    }
    return home;
  }

  it('that is new may become a sandbox', () => {
    expect(() => checkSandbox(aHome('new'), { sandbox: true })).not.toThrow();
  });

  it('that is no sandbox never becomes one', () => {
    const home = aHome('serious', { account: '1' });
    expect(() => checkSandbox(home, { sandbox: false, listen: '10.0.0.1' })).not.toThrow();
    expect(() => checkSandbox(home, { sandbox: true })).toThrow(
      /was not made as a sandbox, and never becomes one\.\nNext step: choose another folder: `npm start -- --sandbox --home/,
    );
  });

  it('that is a sandbox stays one, on loopback', () => {
    const home = aHome('sandbox', { account: '1', sandbox: true });
    expect(() => checkSandbox(home, { sandbox: true })).not.toThrow();
    expect(() => checkSandbox(home, { sandbox: false })).not.toThrow();
    expect(() => checkSandbox(home, { sandbox: false, listen: '0.0.0.0' })).toThrow(/is a sandbox.*on loopback only/);
  });
});
