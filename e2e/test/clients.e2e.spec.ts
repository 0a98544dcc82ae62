import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import middy from '@middy/core';
import middySsm from '@middy/ssm';
import { ensureAwsClients } from '@muster/testing';

import { adminKey, clientFor } from '../src/client.js';
import { Rows } from '../src/conformance/rows.js';
import { root, Stack } from '../src/stack.js';

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const readBelow = (path: string) => ({
  Effect: 'Allow',
  Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
  Resource: `arn:aws:ssm:*:*:parameter${path}*`,
});

describe('clients that know only AWS', () => {
  let stack: Stack;
  let ssm: SSMClient;
  let kms: KMSClient;
  let iam: IAMClient;

  beforeAll(async () => {
    stack = await Stack.start({ args: ['--no-agent'] });
    ssm = clientFor(stack, SSMClient);
    kms = clientFor(stack, KMSClient);
    iam = clientFor(stack, IAMClient);
    const values = { host: 'db1', port: '5432', password: 'secret-of-clients' };
    for (const [name, Value] of Object.entries(values)) {
      const Type = name === 'password' ? 'SecureString' : 'String';
      await ssm.send(new PutParameterCommand({ Name: `/clients/${name}`, Value, Type }));
    }
  }, 300_000);

  afterAll(async () => {
    for (const each of [ssm, kms, iam]) each?.destroy();
    await stack?.remove();
  }, 60_000);

  const read = (client: SSMClient, Name: string, WithDecryption = false) =>
    client.send(new GetParameterCommand({ Name, WithDecryption }));

  async function aUser(UserName: string, ...statements: object[]) {
    await iam.send(new CreateUserCommand({ UserName }));
    if (statements.length > 0) {
      const PolicyDocument = policy(...statements);
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'may', PolicyDocument }));
    }
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }

  it('keep a secret from the first byte to the last: it is read by who may, and lies nowhere in the clear', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'of the shop' }));
    const KeyId = KeyMetadata!.KeyId!;
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/shop', TargetKeyId: KeyId }));
    const Value = 'correct horse battery staple';
    await ssm.send(new PutParameterCommand({ Name: '/shop/key', Value, Type: 'SecureString', KeyId: 'alias/shop' }));

    expect((await read(ssm, '/shop/key')).Parameter!.Value).not.toContain('horse');
    expect((await read(ssm, '/shop/key', true)).Parameter).toMatchObject({ Value, Type: 'SecureString' });

    const reader = clientFor(stack, SSMClient, { credentials: await aUser('reads-without-key', readBelow('/shop/')) });
    expect((await read(reader, '/shop/key')).Parameter!.Type).toBe('SecureString');
    await expect(read(reader, '/shop/key', true)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    reader.destroy();

    await kms.send(new DisableKeyCommand({ KeyId }));
    await expect(read(ssm, '/shop/key', true)).rejects.toMatchObject({ $fault: 'client' });
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect((await read(ssm, '/shop/key', true)).Parameter!.Value).toBe(Value);

    const rows = new Rows(stack);
    await rows.open();
    expect(await rows.holding('correct horse')).toEqual([]);
    expect(await rows.holding('/shop/key')).not.toEqual([]);
    await rows.close();
    expect(stack.log()).not.toContain('correct horse');
  });

  it('encrypt with KMS, bound to a context', async () => {
    const EncryptionContext = { of: 'clients' };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: 'alias/shop', Plaintext: Buffer.from('plain'), EncryptionContext }),
    );
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Buffer.from(Plaintext!).toString()).toBe('plain');
    await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
    const data = await kms.send(new GenerateDataKeyCommand({ KeyId: 'alias/shop', KeySpec: 'AES_256' }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: data.CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext!)).toEqual(Buffer.from(data.Plaintext!));
    expect(data.Plaintext).toHaveLength(32);
  });

  it('take on a role, with a token that ends and may what the role may', async () => {
    const credentials = await aUser('deployer', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'deploy',
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::123456789012:user/deployer' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    const PolicyDocument = policy(readBelow('/clients/'));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'read-clients', PolicyDocument }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn: Policy!.Arn! }));

    const sts = clientFor(stack, STSClient, { credentials });
    const asked = Date.now();
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: 'run-1', DurationSeconds: 900 }),
    );
    sts.destroy();
    const lasts = Credentials!.Expiration!.getTime() - asked;
    expect([lasts > 890_000, lasts < 960_000]).toEqual([true, true]);

    const session = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    const as = (given: object) => clientFor(stack, SSMClient, { credentials: { ...session, ...given } });
    const inSession = as({});
    expect((await read(inSession, '/clients/host')).Parameter!.Value).toBe('db1');
    await expect(read(inSession, '/shop/key')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const who = clientFor(stack, STSClient, { credentials: session });
    expect(await who.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-1',
    });
    const tokens = [session.sessionToken.slice(0, -2), `${session.sessionToken}A`];
    for (const sessionToken of tokens) {
      const wrong = as({ sessionToken });
      await expect(read(wrong, '/clients/host')).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
      wrong.destroy();
    }
    for (const each of [inSession, who]) each.destroy();
  });

  it.each([
    [
      'a policy that is taken away',
      'AccessDeniedException',
      (UserName: string) => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'may' })),
    ],
    [
      'a key that is disabled',
      'UnrecognizedClientException',
      (UserName: string, AccessKeyId: string) =>
        iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' })),
    ],
  ])('lose %s within a second, and for good', async (_what, refusal, revoke) => {
    const name = `revoked-${refusal}`;
    const credentials = await aUser(name, readBelow('/clients/'));
    const client = clientFor(stack, SSMClient, { credentials, maxAttempts: 1 });
    await read(client, '/clients/host');

    await revoke(name, credentials.accessKeyId);
    const revoked = performance.now();
    const outcome = () =>
      read(client, '/clients/host').then(
        () => 'read',
        (error: Error) => error.name,
      );
    let last = 0;
    for (let now = 0; now < 1_500; now = performance.now() - revoked) {
      const asked = performance.now() - revoked;
      const came = await outcome();
      if (came === 'read') last = asked;
      else expect(came).toBe(refusal);
    }
    expect(last).toBeLessThan(1_000);
    client.destroy();
  });

  it('are not held up by a hostile regular expression', async () => {
    const hostile = ssm.send(
      new PutParameterCommand({
        Name: '/clients/hostile',
        Value: `${'a'.repeat(40)}!`,
        Type: 'String',
        AllowedPattern: '^(a+)+$',
      }),
    );
    let over = false;
    const refused = expect(hostile)
      .rejects.toMatchObject({ name: expect.stringMatching(/Pattern/) })
      .finally(() => (over = true));
    let meanwhile = 0;
    while (!over) {
      await read(ssm, '/clients/host');
      if (!over) meanwhile++;
    }
    await refused;
    // Its quarter of a second is enough for many.
    expect(meanwhile).toBeGreaterThan(5);
  });

  it('are Powertools for AWS Lambda', async () => {
    const parameters = new SSMProvider({ awsSdkV3Client: ssm });
    expect(await parameters.get('/clients/host')).toBe('db1');
    expect(await parameters.get('/clients/password', { decrypt: true })).toBe('secret-of-clients');
    expect(await parameters.getMultiple('/clients', { decrypt: true })).toEqual({
      host: 'db1',
      port: '5432',
      password: 'secret-of-clients',
    });
    const byName = await parameters.getParametersByName({
      '/clients/port': { transform: 'json' },
      '/clients/password': { decrypt: true },
    });
    expect(byName).toEqual({ '/clients/port': 5432, '/clients/password': 'secret-of-clients' });
  });

  it('are middleware of somebody who has never heard of us', async () => {
    const { endpoint, region } = stack.ready;
    const handler = middy(async (_event: unknown, context: Record<string, unknown>) => context).use(
      middySsm({
        AwsClient: SSMClient,
        awsClientOptions: { endpoint, region, credentials: adminKey(stack) },
        fetchData: { host: '/clients/host', all: '/clients/' },
        setToContext: true,
        disablePrefetch: true,
      }),
    );
    const context = (await handler({}, { getRemainingTimeInMillis: () => 10_000 } as never)) as object;
    expect(context).toMatchObject({ host: 'db1', all: { host: 'db1', port: '5432', password: 'secret-of-clients' } });
  });

  it('are boto3: parameters, keys, users and roles', async () => {
    const clients = await ensureAwsClients({ cacheDir: `${root}/.cache` });
    // What cannot be had is named at the end of the run.
    if (!clients?.boto3) return;
    const env = { ...stack.clientEnv, PATH: `${clients.binDir}:${process.env['PATH']}` };
    const { stdout } = await promisify(execFile)('python3', ['-c', inPython], { env });
    expect(JSON.parse(stdout)).toEqual({
      versions: [1, 2],
      history: ['one', 'two'],
      labelled: 'one',
      secret: 'hidden',
      pages: 25,
      described: 26,
      plain: 'plain',
      session: 'arn:aws:sts::123456789012:assumed-role/boto/run',
      denied: 'AccessDeniedException',
      missing: 'ParameterNotFound',
    });
  }, 120_000);
});

const inPython = `
import boto3, json
from botocore.exceptions import ClientError
ssm, kms, iam, sts = (boto3.client(each) for each in ('ssm', 'kms', 'iam', 'sts'))
out = {}
out['versions'] = [ssm.put_parameter(Name='/boto/a', Value=value, Type='String', Overwrite=True)['Version'] for value in ('one', 'two')]
out['history'] = [each['Value'] for each in ssm.get_parameter_history(Name='/boto/a')['Parameters']]
ssm.label_parameter_version(Name='/boto/a', ParameterVersion=1, Labels=['first'])
out['labelled'] = ssm.get_parameter(Name='/boto/a:first')['Parameter']['Value']
ssm.put_parameter(Name='/boto/secret', Value='hidden', Type='SecureString')
out['secret'] = ssm.get_parameter(Name='/boto/secret', WithDecryption=True)['Parameter']['Value']
for index in range(25):
    ssm.put_parameter(Name=f'/boto/many/{index}', Value=str(index), Type='String')
pages = ssm.get_paginator('get_parameters_by_path').paginate(Path='/boto/many')
out['pages'] = sum(len(page['Parameters']) for page in pages)
filters = [{'Key': 'Path', 'Option': 'Recursive', 'Values': ['/boto']}, {'Key': 'Type', 'Values': ['String']}]
described = ssm.get_paginator('describe_parameters').paginate(ParameterFilters=filters)
out['described'] = sum(len(page['Parameters']) for page in described)
key = kms.create_key()['KeyMetadata']['KeyId']
sealed = kms.encrypt(KeyId=key, Plaintext=b'plain')['CiphertextBlob']
out['plain'] = kms.decrypt(CiphertextBlob=sealed)['Plaintext'].decode()
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole'}]}
role = iam.create_role(RoleName='boto', AssumeRolePolicyDocument=json.dumps(trust))['Role']['Arn']
given = sts.assume_role(RoleArn=role, RoleSessionName='run')['Credentials']
session = dict(aws_access_key_id=given['AccessKeyId'], aws_secret_access_key=given['SecretAccessKey'], aws_session_token=given['SessionToken'])
out['session'] = boto3.client('sts', **session).get_caller_identity()['Arn']
def code(call):
    try:
        call()
    except ClientError as error:
        return error.response['Error']['Code']
out['denied'] = code(lambda: boto3.client('ssm', **session).get_parameter(Name='/boto/a'))
out['missing'] = code(lambda: ssm.get_parameter(Name='/boto/none'))
print(json.dumps(out))
`;
