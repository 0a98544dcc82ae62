import { readFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureServerCertificate } from './server-certificate.js';

const day = 86_400_000;

describe("the server's certificate", () => {
  const home = mkdtempSync(join(tmpdir(), 'muster-tls-'));
  afterAll(() => rmSync(home, { recursive: true }));

  it('stays as long as it is good, and its authority for ever', async () => {
    const first = await ensureServerCertificate(home, ['localhost', '127.0.0.1']);
    const read = (): string => readFileSync(first.certificateFile, 'utf8');
    const before = read();

    expect(await ensureServerCertificate(home, ['127.0.0.1'])).toEqual(first);
    expect(read()).toBe(before);
    expect(statSync(first.keyFile).mode & 0o777).toBe(0o600);

    expect(await ensureServerCertificate(home, ['localhost', '10.1.2.3'])).toEqual(first);
    const moved = read();
    expect(moved).not.toBe(before);

    await ensureServerCertificate(home, ['localhost'], new Date(Date.now() + 350 * day));
    expect(read()).not.toBe(moved);
  });
});
