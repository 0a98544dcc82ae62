import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { jest } from '@jest/globals';
import { StatusReport_Outcome as Outcome } from '@muster/contracts';
import { ownNats, type OwnNats } from '@muster/testing';

import { Node } from './agent-process.js';
import { ControlPlane } from './control-plane.js';

jest.setTimeout(90_000);

const scratch = mkdtempSync(join(tmpdir(), 'muster-agent-link-'));
let nats: OwnNats;
let plane: ControlPlane;
const nodes: Node[] = [];

beforeAll(async () => {
  nats = await ownNats();
  plane = await ControlPlane.open({ nats });
});

afterEach(async () => {
  for (const node of nodes.splice(0)) {
    await node.kill('SIGTERM');
    rmSync(node.stateDir, { recursive: true });
  }
});

afterAll(async () => {
  await plane?.close();
  await nats?.stop();
  rmSync(scratch, { recursive: true });
});

async function aNode(env: Record<string, string> = {}): Promise<Node> {
  const node = await Node.register(plane);
  nodes.push(node);
  return node.start(env);
}

const hellosOf = (node: Node) => plane.hellos.filter(({ nodeId }) => nodeId === node.id);

describe('a node', () => {
  it('says that it lives, as often as it was asked to', async () => {
    const node = await aNode();
    const beats = () => plane.heartbeats.filter((subject) => subject === `agent.${node.id}.heartbeat`).length;
    await plane.until('two heartbeats', () => beats() >= 2);
    expect(hellosOf(node)).toMatchObject([{ plugins: ['aws:runShellScript'], facts: { platformType: 'Linux' } }]);
  });

  it('whose bus was away comes back with a new epoch, and tells what happened meanwhile', async () => {
    const node = await aNode();
    const gate = join(scratch, 'gate');
    const { id } = await plane.invoke(node.id, {
      commands: [`until [ -e ${gate} ]; do sleep 0.05; done`, `head -c 200000 /dev/zero; touch ${gate}.end`],
    });
    const epoch = plane.epochOf(node.id);
    await nats.kill();
    writeFileSync(gate, '');
    while (!existsSync(`${gate}.end`)) await wait(20);
    await nats.start();
    await plane.granted(node.id, 1);
    expect(plane.epochOf(node.id)).not.toBe(epoch);
    expect(hellosOf(node)[1]!.connectionId).not.toBe(hellosOf(node)[0]!.connectionId);
    expect(await plane.finalOf(id)).toMatchObject({
      outcome: Outcome.SUCCESS,
      steps: [{ stdout: { length: 200_000n } }],
    });
    await plane.catchUp();
    await plane.until('the output', () => plane.outputOf(id, 1, 200_000));
  });

  it('renews its credential at half of its life, and outlives the first', async () => {
    plane.credentialLifeMs = 6_000;
    const node = await aNode();
    plane.credentialLifeMs = 3_600_000;
    const first = readFileSync(join(node.stateDir, 'node.jwt'), 'utf8');
    const { expiresAtMs } = JSON.parse(first) as { expiresAtMs: number };
    await plane.granted(node.id, 1);
    expect(readFileSync(join(node.stateDir, 'node.jwt'), 'utf8')).not.toBe(first);
    await wait(expiresAtMs + 500 - Date.now());
    const { id } = await plane.invoke(node.id, { commands: ['true'] });
    expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.SUCCESS });
    expect(hellosOf(node)).toHaveLength(2);
  });

  it('continues the trace of the command', async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const node = await aNode({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { id } = await plane.invoke(node.id, {
      commands: ['true'],
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    expect((await plane.finalOf(id)).traceparent).toContain(traceId);
    await node.kill('SIGTERM');
    collector.close();
    const spans = bodies.join();
    for (const name of ['muster.node.invoke', 'aws:runShellScript', traceId, id]) expect(spans).toContain(name);
  });
});
