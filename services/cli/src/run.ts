import { serviceModel } from '@muster/aws-protocol';
import type { Environment } from '@muster/config';
import { Command, CommanderError } from 'commander';

import { CliError, exitCode } from './cli-error.js';
import { commonOptions, operationCommand } from './operation-command.js';

/** What the command sees of the world. */
export interface Surroundings {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs one command line. @returns its exit code, as the aws CLI's */
export async function run(words: readonly string[], around: Surroundings): Promise<number> {
  try {
    await program(around).parseAsync(withHelpLast(words), { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said itself what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.usage;
    if (error instanceof CliError) {
      around.err(`\n${error.message}\n`);
      return error.exitCode;
    }
    around.err(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCode.general;
  }
}

function program(around: Surroundings): Command {
  const muster = new Command('muster')
    .description('What AWS has no operation for. For everything else use the aws CLI, with the same profile.')
    .usage('[options] <operation> [options]')
    .showHelpAfterError('See "muster help".');
  for (const option of commonOptions()) muster.addOption(option);
  const operations = [...serviceModel('muster').operations.values()].sort((a, b) => a.name.localeCompare(b.name));
  for (const operation of operations) muster.addCommand(operationCommand(operation, around));
  for (const command of [muster, ...muster.commands]) {
    command.exitOverride().configureOutput({ writeOut: around.out, writeErr: around.err });
  }
  return muster;
}

/** `muster list-subscriptions help`, as the aws CLI has it. */
function withHelpLast(words: readonly string[]): string[] {
  return words.length > 1 && words.at(-1) === 'help' && words[0] !== 'help'
    ? [...words.slice(0, -1), '--help']
    : [...words];
}
