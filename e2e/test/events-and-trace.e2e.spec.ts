import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import {
  DescribeInstanceInformationCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
  waitUntilCommandExecuted,
} from '@aws-sdk/client-ssm';

import { clientFor } from '../src/client.js';
import { OtlpReceiver, type ReceivedSpan } from '../src/otlp-receiver.js';
import { OutsideSubscriber, type NewSubscription } from '../src/outside-subscriber.js';
import { root, Stack } from '../src/stack.js';

describe('a change of state', () => {
  let collector: OtlpReceiver;
  let stack: Stack;
  let ssm: SSMClient;

  beforeAll(async () => {
    collector = await OtlpReceiver.start();
    stack = await Stack.start({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' },
    });
    ssm = clientFor(stack, SSMClient);
  }, 300_000);

  afterAll(async () => {
    ssm?.destroy();
    await stack?.remove();
    await collector?.stop();
  }, 120_000);

  const muster = async <T>(...args: string[]): Promise<T> => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}/services/cli/bin/muster.js`, ...args], {
      env: stack.clientEnv,
    });
    return JSON.parse(stdout) as T;
  };

  const nodeOf = async (): Promise<string> => {
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    return InstanceInformationList![0]!.InstanceId!;
  };

  const run = async (commands: string[]): Promise<string> => {
    const InstanceId = await nodeOf();
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [InstanceId],
        Parameters: { commands },
      }),
    );
    await waitUntilCommandExecuted(
      { client: ssm, maxWaitTime: 60, minDelay: 1 },
      { CommandId: Command!.CommandId!, InstanceId },
    );
    return Command!.CommandId!;
  };

  it('reaches an outside subscriber with a plain NATS client, each event once by its id', async () => {
    const subscription = await muster<NewSubscription>(
      'create-subscription',
      '--name',
      'outside',
      '--start',
      'Beginning',
    );
    const subscriber = await OutsideSubscriber.connect(subscription);

    await ssm.send(new PutParameterCommand({ Name: '/told/outside', Value: '1', Type: 'String' }));
    const command = await run(['true']);

    const types = (events: readonly { type: string }[]) => new Set(events.map(({ type }) => type));
    const ended = (event: { type: string; data: unknown }): boolean =>
      event.type.startsWith('muster.commands.command') && JSON.stringify(event.data).includes('Success');
    await subscriber.until((events) => events.some(ended));

    expect([...types(subscriber.received)]).toEqual(
      expect.arrayContaining([
        'muster.registry.node-registered',
        'muster.registry.node-connected',
        'muster.parameters.changed',
        'muster.commands.command-status-changed',
        'muster.commands.invocation-status-changed',
      ]),
    );
    const ids = subscriber.received.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const ofCommand = subscriber.received.filter(({ data }) => JSON.stringify(data).includes(command));
    expect(ofCommand.length).toBeGreaterThanOrEqual(2);
    await subscriber.close();
  }, 120_000);

  it('is one trace from the HTTP request to the process on the node', async () => {
    await run(['echo traced']);
    const complete = (spans: readonly ReceivedSpan[]): ReceivedSpan[] | undefined => {
      const script = spans.find(({ name }) => name === 'aws:runShellScript');
      if (!script) return undefined;
      const trace = spans.filter(({ traceId }) => traceId === script.traceId);
      const chain: ReceivedSpan[] = [];
      for (let at: ReceivedSpan | undefined = script; at;) {
        chain.push(at);
        const parent: string | undefined = at.parentSpanId;
        at = parent ? trace.find(({ spanId }) => spanId === parent) : undefined;
      }
      return chain.at(-1)?.parentSpanId ? undefined : chain;
    };
    await collector.until((spans) => complete(spans) !== undefined);

    const chain = complete(collector.spans)!;
    const trace = collector.spans.filter(({ traceId }) => traceId === chain[0]!.traceId);
    const services = new Set(trace.map(({ service }) => service));
    expect([...services].map((name) => name.replace(/^muster-/, ''))).toEqual(
      expect.arrayContaining(['gateway', 'commands', 'agent']),
    );
    expect(chain.map(({ service }) => service.replace(/^muster-/, '')).at(-1)).toBe('gateway');
    expect(trace.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ssm.SendCommand', 'muster.node.invoke', 'aws:runShellScript']),
    );
  }, 120_000);
});
