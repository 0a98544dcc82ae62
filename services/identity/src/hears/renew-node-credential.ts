import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Heard, Hears, type HearsMessages } from '@muster/bus';
import { RenewAnswerSchema, type RenewRequest, RenewRequestSchema } from '@muster/contracts';

import { NodeCredentials } from '../node-credentials.js';
import { NodeKeys } from '../store/node-keys.js';

const NOT_REGISTERED =
  'This key is not registered for this node. Register the node again with a new activation: muster-agent register --force.';

/**
 * A node asks for a new credential at half-life. Its subject proves which node asks, since the broker lets each publish
 * under its own id only; the credential is made for the key that was registered, and is of use to nobody else.
 */
@Hears('agent.*.renew', { everyMs: 50 })
export class RenewNodeCredential implements HearsMessages {
  constructor(
    private readonly credentials: NodeCredentials,
    private readonly nodeKeys: NodeKeys,
  ) {}

  async handle(messages: readonly Heard[]): Promise<void> {
    const asked = messages.flatMap((heard) => {
      const request = read(heard);
      return request ? [{ heard, nodeId: heard.tokens[1]!, publicKey: request.publicKey }] : [];
    });
    if (asked.length === 0) return;
    const { issuedAt, expiresAt } = this.credentials.life();
    const renewed = await this.nodeKeys.renew(asked, issuedAt, expiresAt);
    for (const { heard, nodeId, publicKey } of asked) {
      // By the key too: a batch may hold requests of one node for several keys.
      const answer = renewed.some((each) => each.nodeId === nodeId && each.publicKey === publicKey)
        ? { jwt: this.credentials.issue(nodeId, publicKey, expiresAt), expiresAtMs: BigInt(expiresAt.getTime()) }
        : { refused: NOT_REGISTERED };
      heard.respond(toBinary(RenewAnswerSchema, create(RenewAnswerSchema, answer)));
    }
  }
}

/** Undefined for rubbish, which gets no answer. */
function read(heard: Heard): RenewRequest | undefined {
  try {
    return fromBinary(RenewRequestSchema, heard.data);
  } catch {
    return undefined;
  }
}
