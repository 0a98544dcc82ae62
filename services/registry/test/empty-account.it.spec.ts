import { RegistrySandbox } from '@muster/contracts';
import { Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';

import { RegistryModule } from '../src/module.js';
import { CredentialIssuer, anActivation, anEnrolment, enrol } from './a-fleet.js';

describe('emptying an account', () => {
  const service = serviceUnderTest(RegistryModule);
  beforeAll(() => {
    new CredentialIssuer(service);
  });
  const empty = (account: string) =>
    service.rpc(RegistrySandbox.method.emptyAccount, { account, madeUntilMs: BigInt(Date.now()) });

  it('removes activations and the tags of nodes, and leaves the nodes', async () => {
    const one = service.newAccount();
    const other = service.newAccount();
    const Tags = [{ Key: 'role', Value: 'web' }];
    const activation = await anActivation(one, { Tags });
    await anActivation(other, { Tags });
    const { NodeId } = await enrol(one, anEnrolment(activation));

    expect(await empty(one.account)).toMatchObject({ removed: { activations: 1, nodeTags: 1 }, more: false });
    expect(await one.ssm('DescribeActivations', {})).toEqual({ ActivationList: [] });
    expect(await one.ssm('DescribeInstanceInformation', {})).toMatchObject({
      InstanceInformationList: [{ InstanceId: NodeId }],
    });
    expect(await one.ssm('ListTagsForResource', { ResourceType: 'ManagedInstance', ResourceId: NodeId! })).toEqual({
      TagList: [],
    });
    await one.events.next('registry.activation-deleted', { data: { activationId: activation.ActivationId } });
    await one.events.next('registry.node-tags-changed', { data: { nodeId: NodeId } });
    expect(await other.ssm('DescribeActivations', {})).toMatchObject({ ActivationList: [{ Tags }] });
    expect(await empty(one.account)).toMatchObject({ removed: { activations: 0, nodeTags: 0 }, more: false });
  });

  it('knows every table in which something is of an account', async () => {
    const tables = await service
      .running()
      .get(Database)
      .query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'registry' AND column_name = 'account' ORDER BY table_name`,
      );
    // One more? Then emptying an account removes what lies in it, or says why it stays.
    expect(tables.map(({ name }) => name)).toEqual(['activation', 'node']);
  });
});
