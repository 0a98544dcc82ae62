import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { NodeMessageSchema, SealedNodeMessageSchema, type NodeMessage, type NodeVerb } from '@muster/contracts';

/**
 * The key that authenticates what the control plane says to one node: 32 bytes.
 * @param fleetSecret at least 32 random bytes, one per deployment
 * @param generation from 1; another generation is another key
 */
export function deriveNodeKey(fleetSecret: Uint8Array, nodeId: string, generation: number): Uint8Array {
  if (fleetSecret.length < 32) throw new Error('the fleet secret must have at least 32 bytes');
  if (!Number.isInteger(generation) || generation < 1) throw new Error('a node key has a generation from 1');
  const info = `muster node key\0${nodeId}\0${generation}`;
  return new Uint8Array(hkdfSync('sha256', fleetSecret, new Uint8Array(), info, 32));
}

/** The bytes of a SealedNodeMessage, for `node.<id>.<epoch>.<verb>`. */
export function sealNodeMessage(
  key: Uint8Array,
  generation: number,
  message: MessageInitShape<typeof NodeMessageSchema>,
): Uint8Array {
  const body = toBinary(NodeMessageSchema, create(NodeMessageSchema, message));
  const sealed = create(SealedNodeMessageSchema, { body, mac: authenticate(key, body), keyGeneration: generation });
  return toBinary(SealedNodeMessageSchema, sealed);
}

/** Whom a message must be meant for: node and epoch of the receiver, verb of the subject that it arrived on. */
export interface ExpectedMessage {
  readonly nodeId: string;
  readonly epoch: string;
  readonly verb: NodeVerb;
}

/**
 * Opens what arrived on a `node.` subject. Anybody can make a message arrive there, by a reply subject: only what was
 * sealed with this node's key, for this node, epoch and verb, is a message.
 * @param keyOf the node's key of a generation, undefined when it has none
 * @returns why it was refused, for the log; the sender learns nothing
 */
export function openNodeMessage(
  bytes: Uint8Array,
  expect: ExpectedMessage,
  keyOf: (generation: number) => Uint8Array | undefined,
): { message: NodeMessage } | { refused: string } {
  const sealed = parse(() => fromBinary(SealedNodeMessageSchema, bytes));
  // Authentic is the text, not one of several spellings of it.
  if (!sealed || !same(toBinary(SealedNodeMessageSchema, sealed), bytes)) return { refused: 'not a sealed message' };

  // Generations count from 1: nobody seals with 0, which is also what a cut message says.
  const key = sealed.keyGeneration > 0 ? keyOf(sealed.keyGeneration) : undefined;
  if (!key) return { refused: `no key of generation ${sealed.keyGeneration}` };
  if (!same(authenticate(key, sealed.body), sealed.mac)) return { refused: 'not authentic' };

  const message = parse(() => fromBinary(NodeMessageSchema, sealed.body));
  if (!message) return { refused: 'not a message' };
  if (message.nodeId !== expect.nodeId) return { refused: 'for another node' };
  if (message.epoch !== expect.epoch) return { refused: 'for another epoch' };
  if (message.verb !== expect.verb || message.content.case !== expect.verb) return { refused: 'for another verb' };
  return { message };
}

function authenticate(key: Uint8Array, body: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(body).digest();
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function parse<M>(read: () => M): M | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
