import { create } from '@bufbuild/protobuf';
import { NodeMessageSchema, type NodeVerb } from '@muster/contracts';
import fc from 'fast-check';

import { deriveNodeKey, openNodeMessage, sealNodeMessage } from './node-messages.js';

const secret = new Uint8Array(32).fill(7);
const keyOf = (generation: number): Uint8Array => deriveNodeKey(secret, 'mi-1', generation);
const expected = { nodeId: 'mi-1', epoch: 'e1', verb: 'cancel' as NodeVerb };

function sealed(
  change: { nodeId?: string; epoch?: string; verb?: string; generation?: number; key?: Uint8Array } = {},
): Uint8Array {
  const { nodeId = 'mi-1', epoch = 'e1', verb = 'cancel', generation = 1 } = change;
  return sealNodeMessage(change.key ?? keyOf(generation), generation, {
    nodeId,
    epoch,
    verb,
    invocationId: '0193-i',
    validForMs: 30_000n,
    content: { case: 'cancel', value: { commandId: '0193-c' } },
  });
}

describe('a node message', () => {
  it('is opened by the node that it was sealed for', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.integer({ min: 1, max: 1000 }),
        (invocationId, commandId, generation) => {
          const message = {
            ...{ nodeId: 'mi-1', epoch: 'e1', verb: 'cancel', invocationId },
            content: { case: 'cancel' as const, value: { commandId } },
          };
          const opened = openNodeMessage(sealNodeMessage(keyOf(generation), generation, message), expected, keyOf);
          expect(opened).toEqual({ message: create(NodeMessageSchema, message) });
        },
      ),
    );
  });

  it('is refused with any byte altered', () => {
    const bytes = sealed();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));
        expect(openNodeMessage(altered, expected, keyOf)).toEqual({ refused: expect.any(String) as string });
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused cut short, and when it is rubbish', () => {
    const bytes = sealed();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(openNodeMessage(bytes.subarray(0, length), expected, keyOf)).toHaveProperty('refused');
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rubbish) => {
        expect(openNodeMessage(rubbish, expected, keyOf)).toHaveProperty('refused');
      }),
    );
  });

  it.each([
    ['another node', sealed({ nodeId: 'mi-2' }), 'for another node'],
    ['another epoch', sealed({ epoch: 'e0' }), 'for another epoch'],
    ['another verb', sealed({ verb: 'settled' }), 'for another verb'],
    ["another node's key", sealed({ key: deriveNodeKey(secret, 'mi-2', 1) }), 'not authentic'],
    ["another generation's key", sealed({ key: keyOf(2) }), 'not authentic'],
    ["another deployment's key", sealed({ key: deriveNodeKey(new Uint8Array(32), 'mi-1', 1) }), 'not authentic'],
  ])('for %s is refused', (_case, bytes, refused) => {
    expect(openNodeMessage(bytes, expected, keyOf)).toEqual({ refused });
  });

  it('that says one verb and carries another is refused', () => {
    const bytes = sealNodeMessage(keyOf(1), 1, {
      ...{ nodeId: 'mi-1', epoch: 'e1', verb: 'cancel' },
      content: { case: 'settled', value: {} },
    });

    expect(openNodeMessage(bytes, expected, keyOf)).toEqual({ refused: 'for another verb' });
  });

  it('of a generation that the node does not have is refused', () => {
    const onlyFirst = (generation: number): Uint8Array | undefined => (generation === 1 ? keyOf(1) : undefined);

    expect(openNodeMessage(sealed({ generation: 2 }), expected, onlyFirst)).toEqual({
      refused: 'no key of generation 2',
    });
  });
});

describe('a node key', () => {
  it('is another one for each node, generation and secret', () => {
    const keys = [
      deriveNodeKey(secret, 'mi-1', 1),
      deriveNodeKey(secret, 'mi-1', 2),
      deriveNodeKey(secret, 'mi-11', 1),
    ];

    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(3);
    expect(deriveNodeKey(secret, 'mi-1', 1)).toEqual(keys[0]);
  });

  it('is not derived from a short secret', () => {
    expect(() => deriveNodeKey(new Uint8Array(31), 'mi-1', 1)).toThrow('at least 32 bytes');
    expect(() => deriveNodeKey(secret, 'mi-1', 0)).toThrow('generation from 1');
  });
});
