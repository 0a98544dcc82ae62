import { type HandlesRpc, Rpc } from '@muster/bus';
import { Registry, type RoutesOfRequest } from '@muster/contracts';

import { Presences } from '../store/presences.js';

/** Under which epoch nodes can be reached now. Asked right before something is sent. */
@Rpc(Registry.method.routesOf)
export class RoutesOf implements HandlesRpc<typeof Registry.method.routesOf> {
  constructor(private readonly presences: Presences) {}

  async handle({ nodeIds }: RoutesOfRequest) {
    const routes = await this.presences.routes(nodeIds);
    return {
      routes: routes.map(({ nodeId, keyGeneration, epoch, blocked }) => ({
        nodeId,
        keyGeneration,
        ...(epoch !== null && { epoch }),
        ...(blocked !== null && { blocked }),
      })),
    };
  }
}
