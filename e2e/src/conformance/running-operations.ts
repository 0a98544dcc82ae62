import { type OperationModel, isServiceId, serviceModel } from '@muster/aws-protocol';
import { inboxPrefix } from '@muster/contracts';
import { createDeployment } from '@muster/embedded';
import { credsAuthenticator, credsFile, natsUserKeys, userJwt } from '@muster/keys';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';

import type { Stack } from '../stack.js';

/** The operations that the services of a stack answer, as they say themselves on the bus, with their models. */
export async function runningOperations(stack: Stack): Promise<OperationModel[]> {
  const { accounts } = createDeployment(stack.home, { accountId: '123456789012' });
  const { publicKey, seed } = natsUserKeys();
  const name = 'conformance';
  const permissions = { publish: ['>'], subscribe: ['>'] };
  const nats = await connect({
    servers: `127.0.0.1:${stack.ready.ports.nats}`,
    authenticator: credsAuthenticator(credsFile(userJwt(accounts.core, { name, publicKey, permissions }), seed)),
    inboxPrefix: inboxPrefix(name),
  });
  try {
    const bucket = await new Kvm(nats).open('operations');
    const names: string[] = [];
    for await (const key of await bucket.keys()) names.push(key);
    return names.sort().map((key) => {
      const [service = '', operation = ''] = key.split('.');
      const model = isServiceId(service) ? serviceModel(service).operations.get(operation) : undefined;
      if (!model) throw new Error(`${key} is answered and no model names it`);
      return model;
    });
  } finally {
    await nats.close();
  }
}
