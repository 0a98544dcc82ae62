import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

import { extractFile } from './extract-file.js';

describe('a file of an archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-extract-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('comes out as it went in', () => {
    const content = randomBytes(100_001);
    mkdirSync(join(folder, 'nats-server-v1'));
    writeFileSync(join(folder, 'nats-server-v1', 'LICENSE'), 'a licence');
    writeFileSync(join(folder, 'nats-server-v1', 'nats-server'), content);
    const archive = execFileSync('tar', ['-C', folder, '-cz', 'nats-server-v1']);

    expect(Buffer.from(extractFile(archive, 'nats-server'))).toEqual(content);
    expect(Buffer.from(extractFile(archive, 'LICENSE')).toString()).toBe('a licence');
    expect(() => extractFile(archive, 'server')).toThrow('the archive holds no server');
  });
});
