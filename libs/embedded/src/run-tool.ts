import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RunTool {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly withinMs?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A tool that is not there, failed, or took too long. The message holds what it said. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
}

/** Runs a tool to its end. @returns what it wrote to stdout and stderr @throws ToolFailed */
export async function runTool(command: string, args: readonly string[], how: RunTool = {}): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args, {
      env: { ...how.env },
      cwd: how.cwd,
      uid: how.uid,
      gid: how.gid,
      timeout: how.withinMs ?? 60_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout + stderr;
  } catch (error) {
    const { code, stderr, killed } = error as { code?: unknown; stderr?: string; killed?: boolean };
    if (code === 'ENOENT') throw new ToolFailed(`${command} is not installed`, { cause: error });
    const said = (stderr ?? '').trim().split('\n').slice(-3).join(' | ').slice(0, 500);
    const why = killed ? `took longer than ${how.withinMs ?? 60_000} ms` : said || String((error as Error).message);
    throw new ToolFailed(`${command} ${args[0] ?? ''}: ${why}`, { cause: error });
  }
}
