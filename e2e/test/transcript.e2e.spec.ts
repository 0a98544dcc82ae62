import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ensureAwsClients, leftOut } from '@muster/testing';

import { root, Stack } from '../src/stack.js';
import { shows, transcript } from '../src/transcript.js';

/** One bash, as the user's second terminal: what a command exports or starts stays for the next. */
class Shell {
  private readonly bash: ChildProcessWithoutNullStreams;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.bash = spawn('bash', ['--noprofile', '--norc'], { cwd, env, detached: true });
  }

  run(command: string): Promise<{ output: string; code: number }> {
    return new Promise((resolve, reject) => {
      let output = '';
      const mark = `-- done ${Math.random().toString(36).slice(2)}`;
      const heard = (chunk: Buffer): void => {
        output += chunk.toString();
        const end = new RegExp(`${mark} (\\d+)\n`).exec(output);
        if (!end) return;
        this.bash.stdout.off('data', heard);
        this.bash.stderr.off('data', heard);
        this.bash.off('exit', died);
        resolve({ output: output.slice(0, end.index), code: Number(end[1]) });
      };
      const died = (): void => reject(new Error(`bash ended: ${output}`));
      this.bash.stdout.on('data', heard);
      this.bash.stderr.on('data', heard);
      this.bash.once('exit', died);
      this.bash.stdin.write(`${command}\necho "${mark} $?"\n`);
    });
  }

  /** Ends bash and what it started in the background. */
  end(): void {
    if (this.bash.pid) process.kill(-this.bash.pid, 'SIGTERM');
  }
}

describe('the README, as a new user would follow it', () => {
  let stack: Stack;
  let shell: Shell;
  let folder: string;
  let clients: Awaited<ReturnType<typeof ensureAwsClients>>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'muster-transcript-'));
    clients = await ensureAwsClients({ cacheDir: path.join(root, '.cache') });
    stack = await Stack.start();
    const env = stack.clientEnv;
    if (clients) env.PATH = `${clients.binDir}:${env.PATH}`;
    shell = new Shell(folder, env);
  }, 600_000);

  afterAll(async () => {
    shell?.end();
    await stack?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  it('works through the aws CLI, command by command', async () => {
    if (!clients) {
      leftOut('the README with the aws CLI and boto3: no Python 3 here to run them');
      return;
    }
    for (const { command, expected } of transcript('A command on two nodes, through the unmodified aws CLI')) {
      const { output, code } = await shell.run(command);
      expect({ command, code, output }).toEqual({ command, code: 0, output });
      if (!command.trimEnd().endsWith('&') && !shows(expected, output))
        expect({ command, output }).toEqual({ command, output: expected });
    }
  }, 180_000);

  it('works from boto3', async () => {
    if (!clients) return;
    writeFileSync(path.join(folder, 'same.py'), code('python'));

    const { output, code: status } = await shell.run('python same.py');

    expect({ status, output }).toEqual({ status: 0, output: '123456789012\nhello from boto3\n\ndb1.internal\n' });
  }, 60_000);

  it('works from the AWS SDK for JavaScript', async () => {
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'same.mjs'), code('js'));

    const { output, code: status } = await shell.run('NODE_NO_WARNINGS=1 node same.mjs');

    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining('hello from the SDK\n\ndb1.internal\n'),
    });
  }, 60_000);
});

/** The one block of that language in the README. */
function code(language: string): string {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!;
}
