import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  CreateRoleCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { DescribeInstanceInformationCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Credentials, OperationModel } from '@muster/aws-protocol';

import { clientFor } from '../src/client.js';
import { allAtOnce } from '../src/conformance/all-at-once.js';
import { type Made, authorityTable } from '../src/conformance/authority-table.js';
import { Rows } from '../src/conformance/rows.js';
import { runningOperations } from '../src/conformance/running-operations.js';
import { validValue } from '../src/conformance/valid-value.js';
import { signedCall } from '../src/signed-call.js';
import { Stack } from '../src/stack.js';

const elsewhere = ['ssm', 'iam', 'kms', 'sts', 'muster'].map((service) => `arn:aws:${service}:*:*:*/elsewhere/*`);
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

/** Who lacks what each call needs, in four ways. */
const principals: Readonly<Record<string, readonly object[] | undefined>> = {
  'has no policy at all': undefined,
  'may all, but elsewhere': [{ ...everything, Resource: elsewhere }],
  'may all, and is denied it': [everything, { ...everything, Effect: 'Deny' }],
  'may all, from somewhere else': [{ ...everything, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }],
};

/** What changes by itself (heartbeats, the registry's clock), and where it is told who was refused and who signs. */
const moving = ['registry.observation', 'registry.presence', 'identity.access_key_use', 'outbox'];

describe('whoever may not', () => {
  let stack: Stack;
  let rows: Rows;
  let operations: OperationModel[];
  let made: Made;
  const keys = new Map<string, Credentials>();

  beforeAll(async () => {
    stack = await Stack.start();
    operations = await runningOperations(stack);
    made = await makeThings();
    for (const [index, [name, statements]] of Object.entries(principals).entries()) {
      keys.set(name, await makeUser(`authority-${index}`, statements));
    }
    rows = new Rows(stack);
    await rows.open();
    await rows.settled();
  }, 300_000);

  afterAll(async () => {
    await rows?.close();
    await stack?.remove();
  }, 60_000);

  it('stands in the table with every operation that runs', () => {
    const running = operations.map(({ service, name }) => `${service.id}.${name}`);
    const inTable = Object.entries(authorityTable).flatMap(([service, names]) =>
      Object.keys(names).map((name) => `${service}.${name}`),
    );
    expect(running.filter((name) => !inTable.includes(name))).toEqual([]);
  });

  it.each(Object.keys(principals))(
    '%s is refused every operation; nothing changes; each refusal is told',
    async (name) => {
      const before = await rows.hashes(moving);
      const asked = operations.filter(({ service, name: op }) => authorityTable[service.id]?.[op] !== 'everybody');

      const answers = await allAtOnce(asked, 16, async (operation) => ({
        operation,
        answer: await signedCall(stack, operation, inputOf(operation), keys.get(name)),
      }));

      const let_through = answers.filter(({ operation: { service }, answer: { status, code } }) => {
        const [refusal, with_] = service.protocol === 'json' ? ['AccessDeniedException', 400] : ['AccessDenied', 403];
        return code !== refusal || status !== with_;
      });
      expect(
        let_through.map(
          ({ operation, answer }) =>
            `${operation.service.id}.${operation.name}: ${answer.status} ${answer.code} ${answer.message}`,
        ),
      ).toEqual([]);
      expect(await rows.hashes(moving)).toEqual(before);
      const told = await refusals();
      const untold = answers.filter(({ answer }) => !told.has(answer.requestId));
      expect(untold.map(({ operation }) => `${operation.service.id}.${operation.name}`)).toEqual([]);
    },
    60_000,
  );

  function inputOf({ service, name }: OperationModel): object {
    const { shapes, operations: all } = service.model;
    const { input } = all[name]!;
    if (!input) return {};
    const row = authorityTable[service.id]?.[name];
    const given = { ...(validValue(shapes, input.shape) as object), ...(typeof row === 'function' ? row(made) : {}) };
    // Rows are shared by operations; each takes what it knows.
    return Object.fromEntries(Object.entries(given).filter(([member]) => member in shapes[input.shape]!.members!));
  }

  /** Request ids of the calls that the audit says were denied. */
  async function refusals(): Promise<Set<string>> {
    const ids = new Set<string>();
    for (const schema of ['commands', 'events', 'identity', 'parameters', 'registry']) {
      const found = await rows.query<{ body: string }>(
        `SELECT body FROM ${schema}.outbox WHERE subject LIKE '%.audited'`,
      );
      for (const { body } of found) {
        const { data } = JSON.parse(body) as { data: { Records: { requestID: string; errorCode?: string }[] } };
        for (const { requestID, errorCode } of data.Records)
          if (errorCode?.startsWith('AccessDenied')) ids.add(requestID);
      }
    }
    return ids;
  }

  async function makeThings(): Promise<Made> {
    const [ssm, kms, iam] = [clientFor(stack, SSMClient), clientFor(stack, KMSClient), clientFor(stack, IAMClient)];
    await ssm.send(new PutParameterCommand({ Name: '/authority/there', Value: 'kept', Type: 'String' }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const keyId = KeyMetadata!.KeyId!;
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/authority', TargetKeyId: keyId }));
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('kept') }));
    const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam.send(new CreateUserCommand({ UserName: 'authority-user' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'authority-group' }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'authority-role',
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Principal: { Service: 'ssm.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    await iam.send(new CreatePolicyCommand({ PolicyName: 'authority-policy', PolicyDocument: document(everything) }));
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    for (const client of [ssm, kms, iam]) client.destroy();
    return {
      keyId,
      ciphertext: Buffer.from(CiphertextBlob!).toString('base64'),
      nodeId: InstanceInformationList![0]!.InstanceId!,
    };
  }

  async function makeUser(UserName: string, statements: readonly object[] | undefined): Promise<Credentials> {
    const iam = clientFor(stack, IAMClient);
    await iam.send(new CreateUserCommand({ UserName }));
    if (statements) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'authority', PolicyDocument }));
    }
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    iam.destroy();
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }
});
