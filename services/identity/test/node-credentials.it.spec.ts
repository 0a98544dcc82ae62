import { randomUUID } from 'node:crypto';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  Identity,
  type RenewAnswer,
  RenewAnswerSchema,
  RenewRequestSchema,
  inboxPrefix,
  nodeDeregistered,
  subjects,
} from '@muster/contracts';
import { type Nkey, createNkey, credsAuthenticator, credsFile } from '@muster/keys';
import { serviceUnderTest } from '@muster/testing';
import { jetstream } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';

import { IdentityModule } from '../src/module.js';

const scope = { account: '123456789012', region: 'us-east-1' };
const DAY_MS = 24 * 60 * 60 * 1000;

describe('the credential of a node', () => {
  const service = serviceUnderTest(IdentityModule);
  const connections: NatsConnection[] = [];
  afterAll(() => Promise.all(connections.map((each) => each.close())));

  const issue = (nodeId: string, publicKey: string) =>
    service.rpc(Identity.method.issueNodeCredential, { ...scope, nodeId, publicKey });

  const connectNode = async (nodeId: string, jwt: string, key: Nkey) => {
    const connection = await connect({
      servers: service.deployment.natsUrl,
      authenticator: credsAuthenticator(credsFile(jwt, key.seed)),
      inboxPrefix: inboxPrefix(nodeId),
    });
    connections.push(connection);
    return connection;
  };

  const aNode = async () => {
    const nodeId = `mi-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    const key = createNkey('user');
    const { jwt } = await issue(nodeId, key.publicKey);
    return { nodeId, key, nats: await connectNode(nodeId, jwt, key) };
  };

  const renew = async (nats: NatsConnection, nodeId: string, publicKey: string): Promise<RenewAnswer> => {
    const request = toBinary(RenewRequestSchema, create(RenewRequestSchema, { nodeId, publicKey }));
    const reply = await nats.request(subjects.renew(nodeId), request, { timeout: 10_000 });
    return fromBinary(RenewAnswerSchema, reply.data);
  };

  it('lives thirty days and opens the broker for its own subjects alone', async () => {
    const { nodeId, key, nats } = await aNode();
    const { expiresAtMs } = await issue(nodeId, key.publicKey);
    expect((Number(expiresAtMs) - Date.now()) / DAY_MS).toBeCloseTo(30, 2);

    const refused = new Promise<string>((resolve) => {
      void (async () => {
        for await (const status of nats.status()) {
          if (status.type === 'error') resolve(status.error.message);
        }
      })();
    });
    nats.publish(subjects.heartbeat('mi-00000000000000000'), new Uint8Array());
    expect(await refused).toMatch(/permissions violation/i);
  });

  it('is renewed for the key that was registered, and the new one opens the broker too', async () => {
    const { nodeId, key, nats } = await aNode();
    const answer = await renew(nats, nodeId, key.publicKey);
    expect(answer.refused).toBeUndefined();
    expect((Number(answer.expiresAtMs) - Date.now()) / DAY_MS).toBeCloseTo(30, 2);
    const again = await connectNode(nodeId, answer.jwt!, key);
    expect((await renew(again, nodeId, key.publicKey)).jwt).toBeDefined();
  });

  it('is not renewed for another key, whatever the request says about its sender', async () => {
    const [mine, other] = [await aNode(), await aNode()];
    const foreignKey = await renew(mine.nats, mine.nodeId, createNkey('user').publicKey);
    expect(foreignKey.refused).toMatch(/not registered for this node/);
    // The subject says who asks; what the message says is not read.
    const request = create(RenewRequestSchema, { nodeId: other.nodeId, publicKey: other.key.publicKey });
    const reply = await mine.nats.request(subjects.renew(mine.nodeId), toBinary(RenewRequestSchema, request), {
      timeout: 10_000,
    });
    expect(fromBinary(RenewAnswerSchema, reply.data).refused).toMatch(/not registered/);
  });

  it('is not renewed once the node was deregistered', async () => {
    const { nodeId, key, nats } = await aNode();
    const announced = nodeDeregistered(scope, `arn:aws:ssm:us-east-1:123456789012:managed-instance/${nodeId}`, {
      nodeId,
    });
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      source: '/123456789012/us-east-1/registry',
      type: announced.eventType.type,
      subject: announced.subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: announced.data,
    };
    const subject = subjects.event(scope.account, scope.region, 'registry', 'node-deregistered');
    await jetstream(service.nats).publish(subject, JSON.stringify(event), { msgID: event.id });
    let answer = await renew(nats, nodeId, key.publicKey);
    // The consumer is another door than the one we ask at: ask until it has heard.
    for (const deadline = Date.now() + 10_000; answer.refused === undefined && Date.now() < deadline;) {
      answer = await renew(nats, nodeId, key.publicKey);
    }
    expect(answer.refused).toMatch(/Register the node again/);
  });

  it('is renewed for the registered key alone, also when another one is asked for at the same moment', async () => {
    const { nodeId, key, nats } = await aNode();
    const foreign = createNkey('user').publicKey;
    const [mine, theirs] = await Promise.all([renew(nats, nodeId, key.publicKey), renew(nats, nodeId, foreign)]);
    expect(mine.jwt).toBeDefined();
    expect(theirs).toMatchObject({ refused: expect.stringContaining('not registered') });
    expect(theirs.jwt).toBeUndefined();
  });

  it('is not issued for what is no node id', async () => {
    const asked = issue('mi-1.>', createNkey('user').publicKey);
    await expect(asked).rejects.toEqual(expect.objectContaining({ code: 'ValidationException' }));
  });
});
