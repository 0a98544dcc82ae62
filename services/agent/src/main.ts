import { agentVersion } from './agent-version.js';
import { UsageError, usage } from './commands/usage.js';

// Each command loads only what it needs: an agent starts often and should start fast.
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number | void>>> = {
  register: async (args) => (await import('./commands/register.js')).register(args),
  run: async (args) => (await import('./commands/run.js')).run(args),
  status: async (args) => (await import('./commands/status.js')).status(args),
  version: async () => console.log(agentVersion),
  help: async () => console.log(usage),
};

const [name = 'help', ...args] = process.argv.slice(2);
const command = commands[name.replace(/^--/, '')];
try {
  if (!command) throw new UsageError(`There is no command ${name}.`);
  process.exitCode = (await command(args)) ?? 0;
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
  console.error(`muster-agent: ${code === 'ENOSPC' ? 'the disk is full: ' : ''}${message}`);
  if (isUsage) console.error('See: muster-agent help');
  process.exitCode = isUsage ? 2 : 1;
}
