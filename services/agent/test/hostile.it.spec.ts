import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { jest } from '@jest/globals';
import {
  InvokeAnswer_Verdict as Verdict,
  InvokeAnswerSchema,
  SealedNodeMessageSchema,
  StatusReport_Outcome as Outcome,
  subjects,
} from '@muster/contracts';

import { musterAgent, Node } from './agent-process.js';
import { ControlPlane, invokeOf } from './control-plane.js';

jest.setTimeout(60_000);

const scratch = mkdtempSync(join(tmpdir(), 'muster-agent-hostile-'));
const witness = join(scratch, 'ran');
let plane: ControlPlane;
let node: Node;

beforeAll(async () => {
  plane = await ControlPlane.open();
  node = await (await Node.register(plane)).start();
});

afterAll(async () => {
  await node?.kill('SIGTERM');
  await plane?.close();
  rmSync(scratch, { recursive: true });
  rmSync(node.stateDir, { recursive: true });
});

const content = { case: 'invoke', value: invokeOf({ commands: [`touch ${witness}`] }) } as const;

/** Sends it, then asks for something else: once that is done, the agent has looked at this too. Gives its answer, if there was one. */
async function deliver(bytes: Uint8Array, epoch = plane.epochOf(node.id)): Promise<Uint8Array | undefined> {
  const answer = plane.askWithoutWaiting(node.id, 'invoke', bytes, epoch);
  const { id } = await plane.invoke(node.id, { commands: ['true'] });
  expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.SUCCESS });
  return answer();
}

describe('a message on the subjects of a node', () => {
  it.each<[string, () => Uint8Array]>([
    ['rubbish', () => Buffer.from('{"stream":"FLEET","seq":1}')],
    ['nothing', () => new Uint8Array()],
    ['sealed with another key', () => plane.seal(node.id, 'invoke', 'forged', content, { key: new Uint8Array(32) })],
    [
      "sealed with another node's key",
      () => plane.seal(node.id, 'invoke', 'forged', content, { key: plane.keyOf('mi-0123456789abcdef0') }),
    ],
    [
      'sealed for another node',
      () =>
        plane.seal('mi-0123456789abcdef0', 'invoke', 'forged', content, {
          key: plane.keyOf(node.id),
          epoch: plane.epochOf(node.id),
        }),
    ],
    ['sealed for another epoch', () => plane.seal(node.id, 'invoke', 'forged', content, { epoch: 'another' })],
    ['sealed as another verb', () => plane.seal(node.id, 'cancel', 'forged', content)],
    ['with a path as its id', () => plane.seal(node.id, 'invoke', '../../escaped', content)],
    ['not valid any more', () => plane.seal(node.id, 'invoke', 'stale', content, { validForMs: -1 })],
    [
      'changed by a bit',
      () => {
        const sealed = fromBinary(SealedNodeMessageSchema, plane.seal(node.id, 'invoke', 'changed', content));
        sealed.body[sealed.body.length - 1]! ^= 1;
        return toBinary(SealedNodeMessageSchema, sealed);
      },
    ],
  ])('that is %s is not answered, and nothing runs', async (_, bytes) => {
    expect(await deliver(bytes())).toBeUndefined();
    expect(existsSync(witness)).toBe(false);
  });

  it('that is of an earlier epoch gets a definite no, and nothing runs', async () => {
    const before = plane.epochOf(node.id);
    const recorded = plane.seal(node.id, 'invoke', 'recorded', content);
    await node.kill('SIGTERM');
    await node.start();
    const answer = await deliver(recorded, before);
    expect(fromBinary(InvokeAnswerSchema, answer!).verdict).toBe(Verdict.REFUSED);
    // The same bytes on the subject of now: the epoch inside is authenticated too.
    expect(await deliver(recorded)).toBeUndefined();
    expect(existsSync(witness)).toBe(false);
  });

  it('that another node steers here as the reply to its own arrives, and does nothing', async () => {
    const other = await Node.register(plane);
    const hostile = await plane.connectAsNode(other.id);
    const here = subjects.node(node.id, plane.epochOf(node.id), 'invoke');
    hostile.publish(subjects.fleet(other.id, 'status'), new Uint8Array(), { reply: here });
    await hostile.flush();
    await plane.until('dropped', () => node.log.includes(here));
    expect(existsSync(witness)).toBe(false);
    rmSync(other.stateDir, { recursive: true });
  });

  it('that is dropped is counted, for people to see', async () => {
    await deliver(plane.seal(node.id, 'invoke', 'forged', content, { key: new Uint8Array(32) }));
    const { out, code } = await musterAgent('status', '--state-dir', node.stateDir);
    expect(out).toMatch(/Dropped +\d+ × not authentic/);
    expect(out).toMatch(/Link +granted/);
    expect(code).toBe(0);
  });
});

it('a node that is refused runs nothing', async () => {
  plane.refusal = 'Another machine uses this identity. Register one of them again.';
  await node.kill('SIGTERM');
  const epoch = plane.epochOf(node.id);
  await node.start();
  const reply = await plane.request(node.id, 'invoke', plane.seal(node.id, 'invoke', 'refused', content), epoch);
  expect(fromBinary(InvokeAnswerSchema, reply.data).verdict).toBe(Verdict.REFUSED);
  expect((await musterAgent('status', '--state-dir', node.stateDir)).out).toContain(
    'Another machine uses this identity',
  );
  expect(existsSync(witness)).toBe(false);
  plane.refusal = undefined;
});
