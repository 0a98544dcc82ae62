import type { OperationModel, Shape } from '@muster/aws-protocol';
import { Command, Option } from 'commander';

import { callOperation, followOperation } from './call-operation.js';
import { CliError, exitCode } from './cli-error.js';
import { optionName } from './option-name.js';
import { contentOf, fromJson, optionValue, printable, takesSeveral, typed } from './option-value.js';
import { connectionOf } from './profile.js';
import type { Surroundings } from './run.js';
import { skeleton } from './skeleton.js';

/** Options of every command; they may also stand before it. */
export function commonOptions(): Option[] {
  return [
    new Option('--endpoint-url <url>', 'where Muster is'),
    new Option('--region <region>', 'region of what is asked for'),
    new Option('--profile <name>', 'profile of the AWS configuration file'),
    new Option('--ca-bundle <file>', 'CA (PEM) that the certificate of the endpoint is checked against'),
    new Option('--no-sign-request', 'send the call unsigned'),
    new Option('--cli-read-timeout <seconds>', 'how long to wait for an answer').default('60'),
    new Option('--output <format>', 'format of the answer').choices(['json']).default('json'),
  ];
}

interface Parsed {
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly caBundle?: string;
  readonly signRequest: boolean;
  readonly cliReadTimeout: string;
  readonly cliInputJson?: string;
  readonly generateCliSkeleton?: boolean;
  readonly paginate: boolean;
}

/** The command of one operation: an option for each member of its input. */
export function operationCommand(operation: OperationModel, around: Surroundings): Command {
  const { shapes, operations } = operation.service.model;
  const inputShape = operations[operation.name]!.input?.shape;
  const input: Shape = inputShape ? shapes[inputShape]! : { type: 'structure' };
  const members = Object.entries(input.members ?? {}).map(([member, ref]) => {
    const shape = shapes[ref.shape]!;
    return {
      member,
      shape,
      option: memberOption(member, shape, takesSeveral(shapes, shape), input.required?.includes(member) ?? false),
    };
  });

  const command = new Command(optionName(operation.name))
    .description(operations[operation.name]!.documentation ?? '')
    .helpCommand(false);
  for (const { option } of members) command.addOption(option);
  command.addOption(new Option('--cli-input-json <json>', 'the whole input as JSON, or file:// and a file'));
  command.addOption(new Option('--generate-cli-skeleton', 'print an input to be filled in, and do nothing'));
  command.addOption(new Option('--no-paginate', 'only one page of a list'));
  for (const option of commonOptions()) command.addOption(option);

  return command.action(async () => {
    const parsed = { ...command.optsWithGlobals(), ...explicitly(command) } as Parsed & Record<string, unknown>;
    if (parsed.generateCliSkeleton) {
      around.out(print(inputShape ? skeleton(shapes, inputShape) : {}));
      return;
    }
    const given: Record<string, unknown> = parsed.cliInputJson ? readInput(parsed.cliInputJson) : {};
    const value = (inputShape ? typed(shapes, inputShape, given) : given) as Record<string, unknown>;
    for (const { member, shape, option } of members) {
      const words = parsed[option.attributeName()];
      if (words === undefined) continue;
      value[member] =
        typeof words === 'boolean' ? words : optionValue(shapes, shape, [words].flat() as string[], option.long!);
    }
    demandRequired(input, value);
    if (operation.stream) {
      await followOperation(operation, value, connectionOf(parsed, around.env), (output) =>
        around.out(`${JSON.stringify(printable(output))}\n`),
      );
      return;
    }
    const output = await callOperation(operation, value, connectionOf(parsed, around.env), {
      signed: parsed.signRequest,
      readTimeoutMs: readTimeout(parsed.cliReadTimeout),
      allPages: parsed.paginate && value['MaxResults'] === undefined && value['NextToken'] === undefined,
    });
    if (Object.keys(output).length > 0) around.out(print(printable(output)));
  });
}

function memberOption(member: string, shape: Shape, several: boolean, required: boolean): Option {
  const name = `--${optionName(member)}`;
  const described = [required ? 'required' : '', shape.enum ? shape.enum.join(' | ') : shape.type]
    .filter(Boolean)
    .join('; ');
  if (shape.type === 'boolean') return new Option(name, described);
  return new Option(several ? `${name} <value...>` : `${name} <value>`, described);
}

/** Options that stand behind the command count more than those before it. */
function explicitly(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );
}

function readInput(option: string): Record<string, unknown> {
  const value = fromJson(contentOf(option, '--cli-input-json'), '--cli-input-json');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CliError('--cli-input-json: the input must be a JSON object', exitCode.usage);
}

function demandRequired(input: Shape, value: Readonly<Record<string, unknown>>): void {
  const missing = (input.required ?? [])
    .filter((member) => value[member] === undefined)
    .map((member) => `--${optionName(member)}`);
  if (missing.length > 0) {
    throw new CliError(`the following arguments are required: ${missing.join(', ')}`, exitCode.usage);
  }
}

function readTimeout(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0 && seconds <= 86_400)) {
    throw new CliError(`--cli-read-timeout: '${text}' is not a number of seconds`, exitCode.usage);
  }
  return seconds * 1000; // 0: for ever, as in the aws CLI
}

function print(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}
