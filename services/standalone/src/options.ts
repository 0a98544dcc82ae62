import { isIP } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** How `npm start` was asked to run. */
export interface Options {
  /** Data folder, absolute. */
  readonly home: string;
  /** Port of the gateway; `auto`: free ones are chosen at the first start; undefined: as at the first start. */
  readonly port?: number | 'auto';
  /** Address to listen on with TLS, beside nothing else; undefined: loopback without TLS. */
  readonly listen?: string;
  readonly split: boolean;
  readonly agent: boolean;
  readonly quiet: boolean;
  /** The first account is one for tests: it can be emptied, and its key is known to everybody. */
  readonly sandbox: boolean;
  /** Where else the ready file is written. */
  readonly readyFile?: string;
}

/** The arguments cannot be followed; the message says which and why. */
export class BadArguments extends Error {}

/** Why a sandbox does not listen elsewhere. */
export const sandboxStaysHere =
  'A sandbox listens on loopback only: its key is known to everybody. Leave --listen out, or start a Muster of its own ' +
  'that is no sandbox: `npm start -- --listen <address> --home <folder>`.';

export const usage = `Runs Muster on this machine: nats-server, PostgreSQL, the gateway, all services and one agent.

  npm start [-- <options>]

  --port <port>       the gateway's port; the bus and the database take the next two that are free. Remembered in the
                      data folder. Default: 8480 at the first start. "auto" chooses free ones
  --listen <address>  listen on this address of this machine, with TLS by Muster's own certificate authority (its
                      fingerprint is shown, for nodes and clients to pin). Default: 127.0.0.1, without TLS
  --home <folder>     where keys, data and logs lie. Default: MUSTER_HOME, or .muster in the repository
  --sandbox           for tests: the first account can be emptied (muster empty-sandbox-account), and has a key that
                      everybody knows; on loopback only, in a data folder that was made with it. Default folder:
                      .muster-sandbox in the repository, beside the other one
  --split             each service in a process of its own, instead of all in one
  --no-agent          no agent on this machine
  --ready-file <file> where to write, beside <home>/ready.json, what runs, once everything answers
  --quiet             only problems and the line to paste
  --help              this text

Ctrl-C ends everything in order; a second Ctrl-C does not wait.`;

/**
 * Reads the command line.
 * @param defaults MUSTER_HOME, and the folder of the repository
 * @returns 'help' when that was asked for
 * @throws BadArguments
 */
export function parseOptions(
  argv: readonly string[],
  defaults: { home: string | undefined; repository: string; cwd: string },
): Options | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const home = values.home ?? defaults.home;
  if (home === '') throw new BadArguments('--home (or MUSTER_HOME) is empty: it must name a folder.');
  const listen = values.listen;
  const sandbox = values.sandbox ?? false;
  if (sandbox && listen !== undefined) throw new BadArguments(sandboxStaysHere);
  if (listen !== undefined && isIP(listen) === 0) {
    throw new BadArguments(
      `--listen ${listen}: an IP address of this machine is wanted, such as 192.168.1.10 or 0.0.0.0.`,
    );
  }
  return {
    home:
      home === undefined
        ? path.join(defaults.repository, sandbox ? '.muster-sandbox' : '.muster')
        : path.resolve(defaults.cwd, home),
    ...(values.port === undefined ? {} : { port: parsePort(values.port) }),
    ...(listen === undefined ? {} : { listen }),
    split: values.split ?? false,
    agent: !values['no-agent'],
    quiet: values.quiet ?? false,
    sandbox,
    ...(values['ready-file'] === undefined ? {} : { readyFile: path.resolve(defaults.cwd, values['ready-file']) }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        listen: { type: 'string' },
        home: { type: 'string' },
        split: { type: 'boolean' },
        'no-agent': { type: 'boolean' },
        'ready-file': { type: 'string' },
        quiet: { type: 'boolean' },
        sandbox: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const [what] = (error as Error).message.split('. ');
    throw new BadArguments(`${what}. \`npm start -- --help\` lists the options.`, { cause: error });
  }
}

function parsePort(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_533) {
    throw new BadArguments(`--port ${text}: a number from 1 to 65533 is wanted, or "auto".`);
  }
  return port;
}
