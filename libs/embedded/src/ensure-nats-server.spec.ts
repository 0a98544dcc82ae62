import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureNatsServer, type NatsServer } from './ensure-nats-server.js';
import { natsRelease } from './nats-release.js';

describe('a nats-server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-nats-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Programs that say they are nats-server of a version. */
  function aFolderWith(version: string): string {
    const place = mkdtempSync(join(folder, 'bin-'));
    program(join(place, 'nats-server'), `echo "nats-server: v${version}"`);
    return place;
  }

  function aCacheWith(version: string): string {
    const cache = mkdtempSync(join(folder, 'cache-'));
    mkdirSync(join(cache, natsRelease.version));
    program(join(cache, natsRelease.version, 'nats-server'), `echo "nats-server: v${version}"`);
    return cache;
  }

  function program(file: string, script: string): void {
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  async function ensured(how: {
    path: string;
    cache?: string;
    notOlderThan?: string;
  }): Promise<NatsServer & { said: string }> {
    const said: string[] = [];
    const server = await ensureNatsServer({
      cacheDir: how.cache ?? aCacheWith(natsRelease.version),
      log: (line) => said.push(line),
      env: { PATH: how.path },
      notOlderThan: how.notOlderThan,
    });
    return { ...server, said: said.join('\n') };
  }

  it('of the PATH is taken when it is new enough', async () => {
    const path = aFolderWith('2.10.27');

    expect(await ensured({ path })).toMatchObject({
      from: 'path',
      version: '2.10.27',
      path: join(path, 'nats-server'),
    });
  });

  it('that is too old gives way to the pinned one, and that is said', async () => {
    const found = await ensured({ path: aFolderWith('2.9.10') });

    expect(found).toMatchObject({ from: 'cache', version: natsRelease.version });
    expect(found.said).toContain('the PATH has only 2.9.10');
  });

  it('older than the one that last ran is not taken', async () => {
    const found = await ensured({ path: aFolderWith('2.11.0'), notOlderThan: '2.12.0' });

    expect(found).toMatchObject({ from: 'cache', version: natsRelease.version });
    await expect(ensured({ path: aFolderWith('2.12.1'), notOlderThan: '2.99.0' })).rejects.toThrow(
      /last used by nats-server 2\.99\.0.*\nNext step|last used by nats-server 2\.99\.0.*Next step: put nats-server 2\.99\.0/,
    );
  });

  it('that is something else is passed over', async () => {
    const path = mkdtempSync(join(folder, 'bin-'));
    program(join(path, 'nats-server'), 'echo "a server of gnats"');

    expect(await ensured({ path })).toMatchObject({ from: 'cache' });
  });

  it('of the Go toolchain is the pinned version, built without C and without paths', async () => {
    const path = mkdtempSync(join(folder, 'bin-'));
    const made = `printf '#!/bin/sh\\necho nats-server: v${natsRelease.version}\\n' > "$GOBIN/nats-server"; /bin/chmod 755 "$GOBIN/nats-server"`;
    const demands = `[ "$1" != install ] || { [ "$CGO_ENABLED" = 0 ] && [ "$2" = -trimpath ] && [ "$4" = "${natsRelease.module}@v${natsRelease.version}" ] && ${made}; }`;
    program(join(path, 'go'), demands);
    const cache = mkdtempSync(join(folder, 'cache-'));

    const built = await ensured({ path, cache });

    expect(built).toMatchObject({ from: 'go', path: join(cache, natsRelease.version, 'nats-server') });
    expect(await ensured({ path: '', cache })).toMatchObject({ from: 'cache' });
  });
});
