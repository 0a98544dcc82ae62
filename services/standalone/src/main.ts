import { isatty } from 'node:tty';

import { environment } from '@muster/config';

import { Home } from './home.js';
import { BadArguments, parseOptions, usage } from './options.js';
import { SupervisorLock } from './process/supervisor-lock.js';
import { repository } from './repository.js';
import { type Reached, Supervisor } from './supervisor.js';
import { Terminal } from './terminal.js';

const exit = { failed: 1, badArguments: 2, hurried: 130 } as const;

/**
 * The whole of `npm start` once everything is built: runs until it is told to end, then ends the process. Exit codes: 0 after
 * an orderly end, 1 when the start failed, 2 when the arguments are wrong, 130 when the end was hurried.
 */
export async function main(argv: readonly string[]): Promise<never> {
  const env = environment();
  const options = read(argv, env['MUSTER_HOME']);
  const terminal = new Terminal(options.quiet);
  try {
    const home = Home.open(options.home);
    const lock = SupervisorLock.acquire(home.lock, home.folder);
    const supervisor = new Supervisor(home, options, env, terminal);
    const told = endSignals();
    const failure = await Promise.race([run(supervisor, terminal, options.agent), told.first.then(() => undefined)]);
    if (failure === undefined) terminal.progress('ending; Ctrl-C again does not wait');
    await supervisor.stop(told.second);
    lock.release();
    if (failure !== undefined) throw failure;
    terminal.progress('ended');
    if (told.hangup.aborted) dieOfHangup();
    process.exit(told.second.aborted ? exit.hurried : 0);
  } catch (error) {
    terminal.fail(explain(error));
    process.exit(exit.failed);
  }
}

/** Starts and then runs for ever. @returns why it could not be started */
async function run(supervisor: Supervisor, terminal: Terminal, agent: boolean): Promise<unknown> {
  try {
    const reached = await supervisor.start();
    terminal.progress(`ready${agent ? '' : ', without an agent on this host'}`);
    terminal.print(`\n${tell(reached)}\n`);
  } catch (error) {
    return error;
  }
  return new Promise<never>(() => undefined);
}

function tell({ shellLine, sandbox, elsewhere }: Reached): string {
  const here = `In another shell, for aws, boto3 and the SDKs:\n\n${shellLine}${sandbox ? tellSandbox(sandbox) : ''}`;
  if (!elsewhere) return here;
  const { urls, caPin, caFile } = elsewhere;
  return `${here}

Other machines reach it as ${urls.join(' and ')}. Compare and pin the fingerprint of its certificate authority,
${caPin} (${caFile}):

muster-agent register --url ${urls[0]} --ca-pin ${caPin} --activation-id … --activation-code …`;
}

function tellSandbox({ endpoint, accessKeyId, secretAccessKey }: NonNullable<Reached['sandbox']>): string {
  return `

This is a sandbox: \`muster empty-sandbox-account\` removes all that is in it. Its key is the same in every sandbox:

AWS_ENDPOINT_URL=${endpoint}
AWS_ACCESS_KEY_ID=${accessKeyId}
AWS_SECRET_ACCESS_KEY=${secretAccessKey}`;
}

function read(argv: readonly string[], home: string | undefined) {
  try {
    const options = parseOptions(argv, { home, repository, cwd: process.cwd() });
    if (options !== 'help') return options;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    console.error(error.message);
    process.exit(exit.badArguments);
  }
}

/** A terminal's Ctrl-C reaches this process twice, from the terminal and passed on by npm: that is one. */
const sameSignalMs = 500;

/** The first signal asks for an end in order, the second one for a quick one. */
function endSignals(): { first: Promise<void>; second: AbortSignal; hangup: AbortSignal } {
  const second = new AbortController();
  const hangup = new AbortController();
  const first = new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const told = (): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        resolve();
      } else if (performance.now() - firstAt > sameSignalMs) second.abort();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, told);
    const onTerminal = hasTerminal(); // now: a closed one is no terminal any more
    process.on('SIGHUP', () => {
      if (!onTerminal) return;
      hangup.abort();
      told();
    });
  });
  return { first, second: second.signal, hangup: hangup.signal };
}

/** Node.js crashes when it exits and would set back a terminal that is gone; the signal's own way to end does not touch it. */
function dieOfHangup(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

/**
 * A hangup says that the terminal was closed. Whoever was started away from one, as by nohup, goes on: that a signal was
 * ignored for it cannot be asked, because Node.js has set all of them back.
 */
function hasTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor));
}

/** What went wrong for the person at the terminal: its message and those of its causes; never a stack for what we know. */
function explain(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) {
    if (!lines.includes(each.message)) lines.push(each.message);
  }
  return `Muster could not be started: ${lines.length > 0 ? lines.join('\n  because: ') : String(error)}`;
}
