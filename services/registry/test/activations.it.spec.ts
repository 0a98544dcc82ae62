import { Database } from '@muster/persistence';
import { expectSchemaFile, serviceUnderTest } from '@muster/testing';

import { RegistryModule } from '../src/module.js';
import { type Activation, CredentialIssuer, anActivation, anEnrolment, enrol, someNodes } from './a-fleet.js';

const failsWith = (code: string, more: object = {}) => expect.objectContaining({ code, status: 400, ...more }) as Error;

interface Listed {
  ActivationList: {
    ActivationId: string;
    RegistrationsCount: number;
    Expired: boolean;
    ExpirationDate: number;
    Tags: object[];
  }[];
  NextToken?: string;
}

interface Information {
  InstanceInformationList: { InstanceId: string; PingStatus: string }[];
  NextToken?: string;
}

describe('activations', () => {
  const service = serviceUnderTest(RegistryModule);

  it('lie in the schema that is committed', async () => {
    await expectSchemaFile(service.deployment.databaseUrl!, 'registry', new URL('../schema.sql', import.meta.url));
  });

  it('are created, listed and deleted, each with an event', async () => {
    const { ssm, events, account } = service.newAccount();
    const created = await ssm<Activation>('CreateActivation', {
      IamRole: 'service-role/nodes',
      Description: 'the web servers',
      DefaultInstanceName: 'web',
      RegistrationLimit: 7,
      Tags: [{ Key: 'role', Value: 'web' }],
    });
    expect(created.ActivationId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(created.ActivationCode).toMatch(/^[A-Za-z0-9+/]{20}$/);

    const { ActivationList } = await ssm<Listed>('DescribeActivations', {});
    expect(ActivationList).toEqual([
      {
        ActivationId: created.ActivationId,
        IamRole: 'service-role/nodes',
        Description: 'the web servers',
        DefaultInstanceName: 'web',
        RegistrationLimit: 7,
        RegistrationsCount: 0,
        Expired: false,
        CreatedDate: expect.any(Number) as number,
        ExpirationDate: expect.any(Number) as number,
        Tags: [{ Key: 'role', Value: 'web' }],
      },
    ]);
    const hours = (ActivationList[0]!.ExpirationDate * 1000 - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);

    await ssm('DeleteActivation', { ActivationId: created.ActivationId });
    expect(await ssm('DescribeActivations', {})).toEqual({ ActivationList: [] });
    const subject = `arn:aws:ssm:us-east-1:${account}:activation/${created.ActivationId}`;
    const announced = await events.next('registry.activation-created', { subject });
    expect(JSON.stringify(announced)).not.toContain(created.ActivationCode);
    await events.next('registry.activation-deleted', { subject });
  });

  it('keep no code that anybody could read', async () => {
    const account = service.newAccount();
    const { ActivationCode } = await anActivation(account);
    const rows = await service
      .running()
      .get(Database)
      .query<{ row: string }>('SELECT a::text AS row FROM activation a');
    const code = Buffer.from(ActivationCode).toString('hex');
    for (const { row } of rows) {
      expect(row).not.toContain(ActivationCode);
      expect(row).not.toContain(code);
    }
  });

  it('are made once by a call that is sent twice, with the same code in both answers', async () => {
    const { ssm } = service.newAccount();
    const call = () => ssm('CreateActivation', { IamRole: 'nodes' }, { invocationId: 'the-same' });
    const [first, second] = await Promise.all([call(), call()]);
    expect(second).toEqual(first);
    expect((await ssm<Listed>('DescribeActivations', {})).ActivationList).toHaveLength(1);
  });

  it('are decided on with the tags that they bring', async () => {
    const account = service.newAccount();
    const Statement = [
      { Effect: 'Allow', Action: ['ssm:CreateActivation', 'iam:PassRole'], Resource: '*' },
      {
        Effect: 'Deny',
        Action: 'ssm:CreateActivation',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestTag/stage': 'production' } },
      },
    ];
    const caller = account.user('tester', { Version: '2012-10-17', Statement });
    const make = (Value: string) =>
      account.ssm('CreateActivation', { IamRole: 'nodes', Tags: [{ Key: 'stage', Value }] }, { caller });
    await make('test');
    await expect(make('production')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('are listed in pages, whose tokens fit no other list', async () => {
    const account = service.newAccount();
    for (let index = 0; index < 5; index++) await anActivation(account, { DefaultInstanceName: index < 3 ? 'a' : 'b' });
    const Filters = [{ FilterKey: 'DefaultInstanceName', FilterValues: ['a'] }];
    const first = await account.ssm<Listed>('DescribeActivations', { MaxResults: 2, Filters });
    const second = await account.ssm<Listed>('DescribeActivations', {
      MaxResults: 2,
      Filters,
      NextToken: first.NextToken,
    });
    expect([...first.ActivationList, ...second.ActivationList]).toHaveLength(3);
    expect(second.NextToken).toBeUndefined();
    for (const other of [{}, { Filters: [{ FilterKey: 'IamRole', FilterValues: ['nodes'] }] }]) {
      const asked = account.ssm('DescribeActivations', { ...other, NextToken: first.NextToken });
      await expect(asked).rejects.toEqual(failsWith('InvalidNextToken'));
    }
    await expect(
      service.newAccount().ssm('DescribeActivations', { Filters, NextToken: first.NextToken }),
    ).rejects.toEqual(failsWith('InvalidNextToken'));
  });

  it.each([
    ['CreateActivation', {}, 'ValidationException'],
    ['CreateActivation', { IamRole: 'nodes', RegistrationLimit: 1001 }, 'ValidationException'],
    ['CreateActivation', { IamRole: 'nodes', ExpirationDate: 1000 }, 'InvalidParameters'],
    ['CreateActivation', { IamRole: 'nodes', ExpirationDate: 9_999_999_999 }, 'InvalidParameters'],
    ['CreateActivation', { IamRole: 'nodes', Tags: [{ Key: 'aws:x', Value: '' }] }, 'ValidationException'],
    ['DeleteActivation', { ActivationId: '01234567-89ab-cdef-0123-456789abcdef' }, 'InvalidActivationId'],
    ['DescribeActivations', { Filters: [{ FilterKey: 'IamRole' }] }, 'InvalidFilter'],
    ['DescribeActivations', { NextToken: 'rubbish' }, 'InvalidNextToken'],
  ])('%s with %j is refused with %s', async (operation, input, code) => {
    await expect(service.newAccount().ssm(operation, input)).rejects.toEqual(failsWith(code));
  });

  it('of another account are not there', async () => {
    const { ActivationId } = await anActivation(service.newAccount());
    await expect(service.newAccount().ssm('DeleteActivation', { ActivationId })).rejects.toEqual(
      failsWith('InvalidActivationId'),
    );
  });

  it('need permission, also to hand on the role', async () => {
    const account = service.newAccount();
    const create = { Effect: 'Allow', Action: 'ssm:CreateActivation', Resource: '*' };
    const pass = { Effect: 'Allow', Action: 'iam:PassRole', Resource: `arn:aws:iam::${account.account}:role/nodes` };
    const half = account.user('half', { Statement: [create] });
    const whole = account.user('whole', { Statement: [create, pass] });
    await expect(account.ssm('CreateActivation', { IamRole: 'nodes' }, { caller: half })).rejects.toEqual(
      failsWith('AccessDeniedException', {
        message:
          `User: ${half.arn} is not authorized to perform: iam:PassRole on resource: ` +
          `arn:aws:iam::${account.account}:role/nodes because no identity-based policy allows the iam:PassRole action`,
      }),
    );
    await expect(account.ssm('CreateActivation', { IamRole: 'admins' }, { caller: whole })).rejects.toEqual(
      failsWith('AccessDeniedException'),
    );
    await account.ssm('CreateActivation', { IamRole: 'nodes' }, { caller: whole });
  });
});

describe('managed nodes', () => {
  const service = serviceUnderTest(RegistryModule);
  beforeAll(() => void new CredentialIssuer(service));

  it('carry the tags of their activation, and can be tagged themselves', async () => {
    const account = service.newAccount();
    const [ResourceId] = await someNodes(account, 1, { Tags: [{ Key: 'role', Value: 'web' }] });
    const resource = { ResourceType: 'ManagedInstance', ResourceId };
    const tags = () => account.ssm('ListTagsForResource', resource);
    expect(await tags()).toEqual({ TagList: [{ Key: 'role', Value: 'web' }] });

    await account.ssm('AddTagsToResource', { ...resource, Tags: [{ Key: 'env', Value: 'prod' }] });
    await account.ssm('RemoveTagsFromResource', { ...resource, TagKeys: ['role', 'never-there'] });
    expect(await tags()).toEqual({ TagList: [{ Key: 'env', Value: 'prod' }] });
    await account.events.next('registry.node-tags-changed', { data: { tags: { env: 'prod', role: 'web' } } });
  });

  it.each([
    ['AddTagsToResource', { ResourceType: 'ManagedInstance', ResourceId: 'mi-0123456789abcdef0' }, 'InvalidResourceId'],
    ['AddTagsToResource', { ResourceType: 'ManagedInstance', ResourceId: 'web-1' }, 'InvalidResourceId'],
    ['AddTagsToResource', { ResourceType: 'Document', ResourceId: 'doc' }, 'InvalidResourceType'],
    ['AddTagsToResource', { ResourceType: 'Planet', ResourceId: 'mars' }, 'ValidationException'],
  ])('%s of %j is refused with %s', async (operation, input, code) => {
    const asked = service.newAccount().ssm(operation, { ...input, Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(asked).rejects.toEqual(failsWith(code));
  });

  it('may have fifty tags', async () => {
    const account = service.newAccount();
    const [ResourceId] = await someNodes(account, 1);
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    const asked = account.ssm('AddTagsToResource', { ResourceType: 'ManagedInstance', ResourceId, Tags });
    await expect(asked).rejects.toEqual(failsWith('TooManyTagsError'));
  });

  it('are listed by all that can be said about them, in pages of ten', async () => {
    const account = service.newAccount();
    const web = await someNodes(account, 12, { Tags: [{ Key: 'role', Value: 'web' }], DefaultInstanceName: 'web' });
    const [db] = await someNodes(account, 1, { Tags: [{ Key: 'role', Value: 'db' }], IamRole: 'databases' });
    const found = async (input: object) => {
      const { InstanceInformationList } = await account.ssm<Information>('DescribeInstanceInformation', {
        MaxResults: 50,
        ...input,
      });
      return InstanceInformationList.map((node) => node.InstanceId);
    };
    const by = (Key: string, ...Values: string[]) => found({ Filters: [{ Key, Values }] });

    expect(await found({})).toEqual([...web, db!].sort());
    expect(await by('tag:role', 'web')).toEqual(web);
    expect(await by('tag:role', 'db', 'cache')).toEqual([db]);
    expect(await by('tag-key', 'role')).toHaveLength(13);
    expect(await by('tag:role', 'we')).toEqual([]);
    expect(await by('InstanceIds', web[3]!, db!)).toEqual([web[3]!, db!].sort());
    expect(await by('IamRole', 'databases')).toEqual([db]);
    expect(await by('PlatformTypes', 'Windows')).toEqual([]);
    expect(await by('PingStatus', 'Inactive')).toHaveLength(13);
    expect(await by('ResourceType', 'EC2Instance')).toEqual([]);
    expect(await by('AgentVersion', '0.1.0')).toHaveLength(13);
    expect(await found({ InstanceInformationFilterList: [{ key: 'InstanceIds', valueSet: [db] }] })).toEqual([db]);

    const first = await account.ssm<Information>('DescribeInstanceInformation', {});
    expect(first.InstanceInformationList).toHaveLength(10);
    const second = await account.ssm<Information>('DescribeInstanceInformation', { NextToken: first.NextToken });
    expect([...first.InstanceInformationList, ...second.InstanceInformationList]).toHaveLength(13);
    expect(second.NextToken).toBeUndefined();
    expect(await service.newAccount().ssm('DescribeInstanceInformation', {})).toEqual({ InstanceInformationList: [] });
  });

  it('are shown with the facts of their machine', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account, { DefaultInstanceName: 'web' });
    const { NodeId } = await enrol(account, anEnrolment(activation));
    const { InstanceInformationList } = await account.ssm<Information>('DescribeInstanceInformation', {});
    expect(InstanceInformationList).toEqual([
      {
        InstanceId: NodeId,
        PingStatus: 'Inactive',
        AgentVersion: '0.1.0',
        PlatformType: 'Linux',
        PlatformName: 'Debian GNU/Linux',
        PlatformVersion: '12',
        ActivationId: activation.ActivationId,
        IamRole: 'nodes',
        RegistrationDate: expect.any(Number) as number,
        ResourceType: 'ManagedInstance',
        Name: 'web',
        IPAddress: '10.0.0.7',
        ComputerName: 'web-1',
      },
    ]);
  });

  it('can be given another role', async () => {
    const account = service.newAccount();
    const [InstanceId] = await someNodes(account, 1);
    await account.ssm('UpdateManagedInstanceRole', { InstanceId, IamRole: 'other' });
    await account.events.next('registry.node-role-changed', { data: { nodeId: InstanceId, iamRole: 'other' } });
    const Filters = [{ Key: 'IamRole', Values: ['other'] }];
    const { InstanceInformationList } = await account.ssm<Information>('DescribeInstanceInformation', { Filters });
    expect(InstanceInformationList).toHaveLength(1);
  });

  it('are tagged only by who may, decided on the tags they have', async () => {
    const account = service.newAccount();
    const [mine, other] = await someNodes(account, 2);
    const Resource = `arn:aws:ssm:us-east-1:${account.account}:managed-instance/${mine}`;
    const caller = account.user('tagger', {
      Statement: { Effect: 'Allow', Action: 'ssm:AddTagsToResource', Resource },
    });
    const tag = (ResourceId: string) =>
      account.ssm(
        'AddTagsToResource',
        { ResourceType: 'ManagedInstance', ResourceId, Tags: [{ Key: 'a', Value: 'b' }] },
        { caller },
      );
    await tag(mine!);
    await expect(tag(other!)).rejects.toEqual(failsWith('AccessDeniedException'));
  });
});
