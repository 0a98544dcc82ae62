import { randomUUID } from 'node:crypto';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  nodeConnected,
  ResolveTargetsAnswerSchema,
  ResolveTargetsRequestSchema,
  RoutesOfAnswerSchema,
  RoutesOfRequestSchema,
  subjects,
  type TagCondition,
} from '@muster/contracts';
import type { TestDeployment, TestNode } from '@muster/testing';
import type { NatsConnection } from '@nats-io/transport-node';

interface Known {
  readonly node: TestNode;
  readonly tags: Readonly<Record<string, string>>;
  blocked?: string;
}

/**
 * Plays the registry: a service of its own, that this one may not import. It knows the nodes that the test adds, and answers on
 * the registry's subjects with the registry's permissions.
 */
export class TestRegistry {
  private readonly nodes = new Map<string, Known>();
  /** While true it answers nothing. */
  away = false;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly account: string,
    private readonly region: string,
  ) {}

  static async start(deployment: TestDeployment, account: string, region: string): Promise<TestRegistry> {
    const registry = new TestRegistry(await deployment.connect('registry'), account, region);
    registry.answer('resolveTargets', (body) => registry.resolveTargets(body));
    registry.answer('routesOf', (body) => registry.routesOf(body));
    await registry.connection.flush();
    return registry;
  }

  add(node: TestNode, tags: Readonly<Record<string, string>> = {}): void {
    this.nodes.set(node.id, { node, tags });
  }

  remove(node: TestNode): void {
    this.nodes.delete(node.id);
  }

  block(node: TestNode, why: string): void {
    this.nodes.get(node.id)!.blocked = why;
  }

  /** Says, as the registry does after a hello, that the node can be reached. */
  async announceConnected(node: TestNode): Promise<void> {
    const data = { nodeId: node.id, epoch: node.epoch! };
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      source: `/${this.account}/${this.region}/registry`,
      type: nodeConnected.type,
      subject: arnOf(this.account, this.region, node.id),
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data,
    };
    const subject = subjects.event(this.account, this.region, nodeConnected.service, nodeConnected.what);
    await this.connection.request(subject, JSON.stringify(event), { timeout: 10_000 });
  }

  private answer(method: string, work: (body: Uint8Array) => Uint8Array): void {
    this.connection.subscribe(subjects.rpc('registry', method), {
      queue: 'registry',
      callback: (_error, msg) => {
        if (!this.away) msg.respond(work(msg.data));
      },
    });
  }

  private resolveTargets(body: Uint8Array): Uint8Array {
    const request = fromBinary(ResolveTargetsRequestSchema, body);
    const ids = new Set(request.nodeIds);
    const found = [...this.nodes.values()]
      .filter(({ node }) => ids.size === 0 || ids.has(node.id))
      .filter(({ tags }) => request.tags.every((condition) => meets(tags, condition)))
      .filter(({ node }) => node.id > request.after)
      .sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
    const page = found.slice(0, request.limit);
    return toBinary(
      ResolveTargetsAnswerSchema,
      create(ResolveTargetsAnswerSchema, {
        more: found.length > page.length,
        nodes: page.map(({ node, tags }) => ({
          nodeId: node.id,
          arn: arnOf(request.account, request.region, node.id),
          computerName: `host-${node.id}`,
          tags,
          platformType: 'Linux',
          plugins: ['aws:runShellScript'],
        })),
      }),
    );
  }

  private routesOf(body: Uint8Array): Uint8Array {
    const { nodeIds } = fromBinary(RoutesOfRequestSchema, body);
    const known = nodeIds.flatMap((id) => this.nodes.get(id) ?? []);
    return toBinary(
      RoutesOfAnswerSchema,
      create(RoutesOfAnswerSchema, {
        routes: known.map(({ node, blocked }) => ({
          nodeId: node.id,
          keyGeneration: node.keyGeneration,
          ...(node.epoch === undefined ? {} : { epoch: node.epoch }),
          ...(blocked === undefined ? {} : { blocked }),
        })),
      }),
    );
  }
}

function meets(tags: Readonly<Record<string, string>>, { key, values }: TagCondition): boolean {
  const value = tags[key];
  return value !== undefined && (values.length === 0 || values.includes(value));
}

function arnOf(account: string, region: string, nodeId: string): string {
  return `arn:aws:ssm:${region}:${account}:managed-instance/${nodeId}`;
}
