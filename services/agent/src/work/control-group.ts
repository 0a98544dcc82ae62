import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Control groups (version 2) for scripts: who was started by a script is found again even if it left the script's session. Where there are
 * none, or they may not be written, the process group must do.
 */
export class ControlGroups {
  private readonly prefix: string;

  constructor(
    stateRoot: string,
    private readonly parent = ownGroup(),
  ) {
    this.prefix = `muster-${createHash('sha256').update(stateRoot).digest('hex').slice(0, 12)}-`;
  }

  /** Makes a group; empty text when there can be none. */
  create(run: string): string {
    const path = this.pathOf(run);
    try {
      if (path) mkdirSync(path);
      return path;
    } catch {
      return '';
    }
  }

  /** Ends all that is in a group. */
  kill(run: string): void {
    const path = this.pathOf(run);
    try {
      if (path) writeFileSync(join(path, 'cgroup.kill'), '1');
    } catch {
      // Not there, or an older kernel: the caller looks at the processes themselves as well.
    }
  }

  /** Removes what is empty of the groups of this state folder; what a script left behind keeps its group until it ends. */
  sweep(): void {
    if (!this.parent) return;
    for (const name of namesIn(this.parent)) {
      if (!name.startsWith(this.prefix)) continue;
      try {
        rmdirSync(join(this.parent, name));
      } catch {
        // Somebody lives in it.
      }
    }
  }

  private pathOf(run: string): string {
    return this.parent ? join(this.parent, this.prefix + run) : '';
  }
}

/** Folder of the control group in which this process lives; empty text without version 2. */
function ownGroup(): string {
  try {
    const mount = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' - '))
      .find(([, filesystem]) => filesystem?.startsWith('cgroup2 '));
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    const mountPoint = mount?.[0]?.split(' ')[4];
    return mountPoint && own !== undefined ? join(mountPoint, own) : '';
  } catch {
    return '';
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
