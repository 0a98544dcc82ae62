import { randomUUID } from 'node:crypto';

import {
  AddTagsToResourceCommand,
  DescribeInstanceInformationCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ListCommandsCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

import { adminKey, clientFor, withInvocationId } from '../src/client.js';
import { Stack } from '../src/stack.js';

describe('an unmodified client that does something wrong', () => {
  let stack: Stack;
  let ssm: SSMClient;

  beforeAll(async () => {
    stack = await Stack.start();
    ssm = clientFor(stack, SSMClient);
  }, 300_000);

  afterAll(async () => {
    ssm?.destroy();
    await stack?.remove();
  }, 60_000);

  const put = (Name: string) => new PutParameterCommand({ Name, Value: 'v', Type: 'String' });
  const expectAbsent = (Name: string) =>
    expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' });

  it('gets InvalidSignatureException for a wrong secret, and nothing is changed', async () => {
    const { accessKeyId } = adminKey(stack);
    const wrong = clientFor(stack, SSMClient, { credentials: { accessKeyId, secretAccessKey: 'x'.repeat(40) } });

    await expect(wrong.send(put('/wrong/secret'))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    await expectAbsent('/wrong/secret');
    wrong.destroy();
  });

  it('gets UnrecognizedClientException for an unknown key', async () => {
    const unknown = clientFor(stack, SSMClient, {
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) },
    });

    await expect(unknown.send(put('/unknown/key'))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    await expectAbsent('/unknown/key');
    unknown.destroy();
  });

  it('is told that its clock is wrong', async () => {
    const skewed = new SSMClient({
      endpoint: stack.ready.endpoint,
      region: stack.ready.region,
      credentials: adminKey(stack),
      systemClockOffset: -10 * 60_000,
      maxAttempts: 1,
    });

    await expect(skewed.send(put('/skewed/clock'))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('Signature expired'),
    });
    await expectAbsent('/skewed/clock');
    skewed.destroy();
  });

  it('gets ValidationException in the words of AWS for a missing field and a too long name', async () => {
    await expect(
      ssm.send(new PutParameterCommand({ Name: '/no/value', Value: undefined, Type: 'String' })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'value' failed to satisfy constraint: Member must not be null",
    });
    await expect(ssm.send(put(`/${'a'.repeat(2100)}`))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Member must have length less than or equal to 2048'),
    });
    await expectAbsent('/no/value');
  });

  it('gets 400 and no retry for rubbish and for what does not exist', async () => {
    const signed = async (operation: string, body: string) => {
      let answer: { status: number; text: string; requestId: string | null } | undefined;
      const client = clientFor(stack, SSMClient, { maxAttempts: 1 });
      client.middlewareStack.add(
        (next) => async (args) => {
          const request = args.request as { headers: Record<string, string>; body: unknown };
          request.headers['x-amz-target'] = `AmazonSSM.${operation}`;
          request.headers['content-length'] = String(Buffer.byteLength(body));
          request.body = body;
          return next(args);
        },
        { step: 'build', priority: 'low' },
      );
      client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          const response = result.response as {
            statusCode: number;
            headers: Record<string, string>;
            body: AsyncIterable<Buffer>;
          };
          const chunks: Buffer[] = [];
          for await (const chunk of response.body) chunks.push(chunk);
          answer = {
            status: response.statusCode,
            text: Buffer.concat(chunks).toString(),
            requestId: response.headers['x-amzn-requestid'] ?? null,
          };
          return result;
        },
        { step: 'deserialize', priority: 'low' },
      );
      await client.send(new ListCommandsCommand({})).catch(() => undefined);
      client.destroy();
      return answer!;
    };

    const unknown = await signed('MakeCoffee', '{}');
    expect(unknown).toMatchObject({ status: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(JSON.parse(unknown.text)).toMatchObject({ __type: 'UnknownOperationException' });

    const rubbish = await signed('PutParameter', '{"Name": ');
    expect(rubbish.status).toBe(400);
    expect(JSON.parse(rubbish.text)).toMatchObject({ __type: 'SerializationException' });
  });

  it('may ask twice with one invocation id: one command, one answer', async () => {
    const nodes = await ssm.send(new DescribeInstanceInformationCommand({}));
    const node = nodes.InstanceInformationList![0]!.InstanceId!;
    const invocation = randomUUID();
    const twice = clientFor(stack, SSMClient);
    withInvocationId(twice.middlewareStack, invocation);
    const command = {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [node],
      Comment: `asked twice ${invocation}`,
      Parameters: { commands: ['true'] },
    };

    const [first, second] = await Promise.all([
      twice.send(new SendCommandCommand(command)),
      twice.send(new SendCommandCommand(command)),
    ]);
    const third = await twice.send(new SendCommandCommand(command));

    expect(second.Command!.CommandId).toBe(first.Command!.CommandId);
    expect(third.Command!.CommandId).toBe(first.Command!.CommandId);
    const { Commands } = await ssm.send(new ListCommandsCommand({}));
    expect(Commands!.filter((one) => one.Comment === command.Comment)).toHaveLength(1);
    twice.destroy();
  });

  it('does not see another region, nor one that this deployment is not configured for', async () => {
    const elsewhere = clientFor(stack, SSMClient, { region: 'mars-north-1' });
    await expect(elsewhere.send(new GetParametersByPathCommand({ Path: '/' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: expect.any(Number) },
      $fault: 'client',
    });
    elsewhere.destroy();
  });

  it('gets InvalidResourceId for tags on a node that is not there', async () => {
    await expect(
      ssm.send(
        new AddTagsToResourceCommand({
          ResourceType: 'ManagedInstance',
          ResourceId: 'mi-00000000000000000',
          Tags: [{ Key: 'a', Value: 'b' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidResourceId' });
  });
});
