import { create } from '@bufbuild/protobuf';
import { Bus, Fleet } from '@muster/bus';
import { Registry, SettledSchema, subjects } from '@muster/contracts';
import { Injectable } from '@nestjs/common';

import { NodeMessages } from './node-messages.js';

const VALID_FOR_MS = 60_000;

/** Tells nodes that they may forget final reports. Best effort: a node that was not told reports again. */
@Injectable()
export class Settling {
  constructor(
    private readonly bus: Bus,
    private readonly fleet: Fleet,
    private readonly messages: NodeMessages,
  ) {}

  /** Call it after the commit. */
  async settle(reports: readonly { readonly nodeId: string; readonly invocationId: string }[]): Promise<void> {
    if (reports.length === 0) return;
    const nodeIds = [...new Set(reports.map((each) => each.nodeId))];
    const { routes } = await this.bus.rpc(Registry.method.routesOf, { nodeIds }, { deadlineMs: 5_000 });
    const byNode = new Map(routes.map((route) => [route.nodeId, route]));
    for (const { nodeId, invocationId } of reports) {
      const route = byNode.get(nodeId);
      if (route?.epoch === undefined) continue;
      const message = this.messages.seal(route, {
        epoch: route.epoch,
        verb: 'settled',
        invocationId,
        validForMs: VALID_FOR_MS,
        content: { case: 'settled', value: create(SettledSchema) },
      });
      this.fleet.publish(subjects.node(nodeId, route.epoch, 'settled'), message);
    }
  }
}
