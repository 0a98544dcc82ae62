import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Parameters, subjects } from '@muster/contracts';
import { type ServiceUnderTest, serviceUnderTest } from '@muster/testing';

import { RegistryModule } from '../src/module.js';

/** Parameters for this test: keeps the tags of one parameter per account, `/db`. */
class ParameterKeeper {
  private readonly tags = new Map<string, Record<string, string>>();

  constructor(service: ServiceUnderTest) {
    const { tagsOf, changeTags } = Parameters.method;
    const kept = (account: string) => this.tags.get(account) ?? {};
    service.nats.subscribe(subjects.rpc('parameters', 'tagsOf'), {
      callback: (_error, msg) => {
        const { account, region, name } = fromBinary(tagsOf.input, msg.data);
        const exists = name.endsWith('db');
        const arn = `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? name : `/${name}`}`;
        const answer = create(tagsOf.output, { arn, exists, tags: exists ? kept(account) : {} });
        msg.respond(toBinary(tagsOf.output, answer));
      },
    });
    service.nats.subscribe(subjects.rpc('parameters', 'changeTags'), {
      callback: (_error, msg) => {
        const { account, set, remove } = fromBinary(changeTags.input, msg.data);
        const left = Object.entries({ ...kept(account), ...set }).filter(([key]) => !remove.includes(key));
        this.tags.set(account, Object.fromEntries(left));
        msg.respond(toBinary(changeTags.output, create(changeTags.output, { exists: true })));
      },
    });
  }
}

describe('tags of a parameter', () => {
  const service = serviceUnderTest(RegistryModule);
  beforeAll(() => void new ParameterKeeper(service));
  const db = { ResourceType: 'Parameter', ResourceId: 'db' };

  it('are added, listed and removed where the parameter is kept', async () => {
    const { ssm } = service.newAccount();
    await ssm('AddTagsToResource', {
      ...db,
      Tags: [
        { Key: 'role', Value: 'web' },
        { Key: 'env', Value: 'prod' },
      ],
    });
    await ssm('RemoveTagsFromResource', { ...db, TagKeys: ['role'] });
    expect(await ssm('ListTagsForResource', db)).toEqual({ TagList: [{ Key: 'env', Value: 'prod' }] });
  });

  it('are not those of a parameter that there is not', async () => {
    const { ssm } = service.newAccount();
    const none = { ResourceType: 'Parameter', ResourceId: '/none' };
    await expect(ssm('ListTagsForResource', none)).rejects.toMatchObject({ code: 'InvalidResourceId' });
  });

  it('are changed only by who may: decided on the tags there are, and on those that come', async () => {
    const { ssm, user, account } = service.newAccount();
    await ssm('AddTagsToResource', { ...db, Tags: [{ Key: 'team', Value: 'blue' }] });
    const allow = (Action: string, Condition: object) => ({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action, Resource: `arn:aws:ssm:us-east-1:${account}:parameter/db`, Condition },
    });
    const caller = user(
      'blue',
      allow('ssm:AddTagsToResource', {
        StringEquals: { 'aws:ResourceTag/team': 'blue', 'aws:RequestTag/cost': '1' },
      }),
      allow('ssm:RemoveTagsFromResource', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] } }),
    );
    const add = (Key: string, Value: string) => ssm('AddTagsToResource', { ...db, Tags: [{ Key, Value }] }, { caller });
    const remove = (key: string) => ssm('RemoveTagsFromResource', { ...db, TagKeys: [key] }, { caller });
    const denied = { code: 'AccessDeniedException' };
    await add('cost', '1');
    await expect(add('cost', '2')).rejects.toMatchObject(denied);
    await expect(remove('team')).rejects.toMatchObject(denied);
    await remove('cost');
    await expect(ssm('ListTagsForResource', db, { caller })).rejects.toMatchObject(denied);
    expect(await ssm('ListTagsForResource', db)).toEqual({ TagList: [{ Key: 'team', Value: 'blue' }] });
  });
});
