import { readFileSync } from 'node:fs';

import { ApiError } from '@muster/aws-protocol';
import { Registry } from '@muster/contracts';
import { createNkey, deriveNodeKey } from '@muster/keys';
import { Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';

import { RegistryModule } from '../src/module.js';
import { CredentialIssuer, anActivation, anEnrolment, enrol, someNodes } from './a-fleet.js';

const failsWith = (code: string) => expect.objectContaining({ code }) as ApiError;

describe('an enrolment', () => {
  const service = serviceUnderTest(RegistryModule);
  let issuer: CredentialIssuer;
  beforeAll(() => void (issuer = new CredentialIssuer(service)));

  const registrations = async (id: string) => {
    const sql = 'SELECT registrations_count AS count FROM activation WHERE id = $1';
    const [row] = await service.running().get(Database).query<{ count: number }>(sql, [id]);
    return row!.count;
  };

  it('gives a machine its id, its credential and its message key, and says so', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    const enrolled = await enrol(account, anEnrolment(activation));
    expect(enrolled).toMatchObject({ Account: account.account, Region: 'us-east-1', NodeKeyGeneration: 1 });
    expect(enrolled.NodeId).toMatch(/^mi-[0-9a-f]{17}$/);
    expect(enrolled.BusUrls).toEqual([expect.stringMatching(/^(nats|tls):/)]);
    expect(enrolled.Credential!.split('.')).toHaveLength(3);
    const secret = Buffer.from(readFileSync(service.deployment.deployment.fleetSecretFile, 'utf8'), 'base64');
    expect(enrolled.NodeKey).toBe(Buffer.from(deriveNodeKey(secret, enrolled.NodeId!, 1)).toString('base64'));

    await account.events.next('registry.node-registered', {
      subject: `arn:aws:ssm:us-east-1:${account.account}:managed-instance/${enrolled.NodeId}`,
      data: { nodeId: enrolled.NodeId, activationId: activation.ActivationId, computerName: 'web-1' },
    });
    expect(await registrations(activation.ActivationId)).toBe(1);
  });

  it('that is repeated is the same node, burns no registration and is announced once', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    const request = anEnrolment(activation);
    const answers = await Promise.all(Array.from({ length: 20 }, () => enrol(account, request)));
    expect(new Set(answers.map((answer) => answer.NodeId)).size).toBe(1);
    expect(await registrations(activation.ActivationId)).toBe(1);
    await account.ssm('DeleteActivation', { ActivationId: activation.ActivationId });
    await account.events.next('registry.node-registered');
    // Events of a service come in order: behind this one there is no second registration.
    await account.events.next('registry.activation-deleted');
    expect(account.events.pending().filter((event) => event.type === 'muster.registry.node-registered')).toEqual([]);
  });

  it('of twenty machines at once with a limit of one registers one', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    const tries = Array.from({ length: 20 }, () => enrol(account, anEnrolment(activation)));
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused).toHaveLength(19);
    for (const reason of refused) expect(reason).toEqual(failsWith('RegistrationLimitExceeded'));
    expect(await registrations(activation.ActivationId)).toBe(1);
  });

  it('is refused with a wrong code, of no activation, after deletion and after expiry', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account, { RegistrationLimit: 10 });
    const wrong = { ...activation, ActivationCode: 'A'.repeat(20) };
    await expect(enrol(account, anEnrolment(wrong))).rejects.toEqual(failsWith('InvalidActivation'));
    const nowhere = { ...activation, ActivationId: '01234567-89ab-cdef-0123-456789abcdef' };
    await expect(enrol(account, anEnrolment(nowhere))).rejects.toEqual(failsWith('InvalidActivation'));

    const before = anEnrolment(activation);
    const { NodeId } = await enrol(account, before);
    const expire = `UPDATE activation SET expires_at = clock_timestamp() WHERE id = $1`;
    await service.running().get(Database).query(expire, [activation.ActivationId]);
    await expect(enrol(account, anEnrolment(activation))).rejects.toEqual(failsWith('ActivationExpired'));
    // Expiry ends new registrations; who lost the answer to an old one gets it.
    expect(await enrol(account, before)).toMatchObject({ NodeId });

    await account.ssm('DeleteActivation', { ActivationId: activation.ActivationId });
    await expect(enrol(account, anEnrolment(activation))).rejects.toEqual(failsWith('InvalidActivation'));
  });

  it('is refused to who has not the seed of the key', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    const mine = anEnrolment(activation);
    const stolen = { ...mine, PublicKey: createNkey('user').publicKey };
    await expect(enrol(account, stolen)).rejects.toEqual(failsWith('InvalidPublicKey'));
    await expect(enrol(account, { ...mine, Fingerprint: 'another-1' })).rejects.toEqual(failsWith('InvalidPublicKey'));
    expect(await registrations(activation.ActivationId)).toBe(0);
  });

  it('of a key that another activation registered is refused until that node is deregistered', async () => {
    const account = service.newAccount();
    const key = createNkey('user');
    const first = await enrol(account, anEnrolment(await anActivation(account), { key }));
    const other = await anActivation(account);
    await expect(enrol(account, anEnrolment(other, { key }))).rejects.toEqual(failsWith('InstanceAlreadyRegistered'));
    expect(await registrations(other.ActivationId)).toBe(0);

    await account.ssm('DeregisterManagedInstance', { InstanceId: first.NodeId });
    await account.events.next('registry.node-deregistered', { data: { nodeId: first.NodeId } });
    const second = await enrol(account, anEnrolment(other, { key }));
    expect(second.NodeId).not.toBe(first.NodeId);
    await expect(account.ssm('DeregisterManagedInstance', { InstanceId: first.NodeId })).rejects.toEqual(
      failsWith('InvalidInstanceId'),
    );
  });

  it('survives that identity is away: the repeated one is the same node', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    const request = anEnrolment(activation);
    issuer.stop();
    await expect(enrol(account, request)).rejects.toEqual(failsWith('ServiceUnavailable'));
    issuer = new CredentialIssuer(service);
    const { NodeId } = await enrol(account, request);
    await account.events.next('registry.node-registered', { data: { nodeId: NodeId } });
    expect(await registrations(activation.ActivationId)).toBe(1);
  });

  it('stores what a machine says about itself only as far as clients can read it', async () => {
    const account = service.newAccount();
    const activation = await anActivation(account);
    await enrol(account, { ...anEnrolment(activation), ComputerName: 'a\u0000b', AgentVersion: 'dev', IPAddress: 'x' });
    const { InstanceInformationList } = await account.ssm<{ InstanceInformationList: object[] }>(
      'DescribeInstanceInformation',
      {},
    );
    expect(InstanceInformationList).toEqual([expect.objectContaining({ ComputerName: 'ab' })]);
    expect(InstanceInformationList[0]).not.toHaveProperty('AgentVersion');
    expect(InstanceInformationList[0]).not.toHaveProperty('IPAddress');
  });
});

describe('targets', () => {
  const service = serviceUnderTest(RegistryModule);
  beforeAll(() => void new CredentialIssuer(service));

  it('are resolved by id or by tags, in pages by node id', async () => {
    const owner = service.newAccount();
    const scope = { account: owner.account, region: owner.region };
    const web = await someNodes(owner, 25, {
      Tags: [
        { Key: 'role', Value: 'web' },
        { Key: 'env', Value: 'prod' },
      ],
    });
    const db = await someNodes(owner, 2, { Tags: [{ Key: 'role', Value: 'db' }] });
    const foreign = await someNodes(service.newAccount(), 1, { Tags: [{ Key: 'role', Value: 'web' }] });
    const resolve = (request: object) => service.rpc(Registry.method.resolveTargets, { ...scope, ...request });
    const ids = async (request: object) => (await resolve(request)).nodes.map((node) => node.nodeId);

    expect(await ids({ tags: [{ key: 'role', values: ['web'] }] })).toEqual(web);
    expect(await ids({ tags: [{ key: 'role', values: ['web', 'db'] }] })).toEqual([...web, ...db].sort());
    expect(
      await ids({
        tags: [
          { key: 'role', values: ['web', 'db'] },
          { key: 'env', values: [] },
        ],
      }),
    ).toEqual(web);
    expect(await ids({ tags: [{ key: 'role', values: ["'; DROP TABLE node; --"] }] })).toEqual([]);
    expect(await ids({ nodeIds: [db[0], foreign[0], 'mi-00000000000000000'] })).toEqual([db[0]]);

    const paged: string[] = [];
    for (let more = true; more;) {
      const page = await resolve({ tags: [{ key: 'role', values: ['web'] }], after: paged.at(-1) ?? '', limit: 10 });
      paged.push(...page.nodes.map((node) => node.nodeId));
      more = page.more;
    }
    expect(paged).toEqual(web);

    const { nodes } = await resolve({ nodeIds: [db[0]] });
    expect(nodes[0]).toMatchObject({
      arn: `arn:aws:ssm:us-east-1:${owner.account}:managed-instance/${db[0]}`,
      tags: { role: 'db' },
      platformType: 'Linux',
      computerName: 'web-1',
    });
    await expect(resolve({})).rejects.toEqual(failsWith('ValidationException'));
  });
});
