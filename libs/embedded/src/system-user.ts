import { readFileSync } from 'node:fs';

import { runTool, ToolFailed } from './run-tool.js';

/** A user of this machine. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. The user that it runs as instead: `muster` or `postgres` where one of them is there,
 * else `muster` is made.
 */
export async function databaseUser(
  env: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): Promise<SystemUser> {
  const known = findUser('muster') ?? findUser('postgres');
  if (known) return known;

  log('making the system user "muster": PostgreSQL does not run as root');
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'muster']],
    ['adduser', ['-S', '-D', '-H', 'muster']], // busybox
  ];
  const failed: string[] = [];
  for (const [tool, args] of ways) {
    try {
      await runTool(tool, args, { env });
      const made = findUser('muster');
      if (made) return made;
    } catch (error) {
      if (!(error instanceof ToolFailed)) throw error;
      failed.push(error.message);
    }
  }
  throw new Error(
    `PostgreSQL does not run as root, and no user could be made for it (${failed.join('; ')}). ` +
      'Next step: make a system user "muster", or start Muster as a user who is not root.',
  );
}

function findUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}
