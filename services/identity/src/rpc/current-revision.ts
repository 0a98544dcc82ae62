import { type HandlesRpc, Rpc } from '@muster/bus';
import { Identity } from '@muster/contracts';

import { Revisions } from '../store/revisions.js';

/** Asked by a service that has heard no revision for a second. */
@Rpc(Identity.method.currentRevision)
export class CurrentRevision implements HandlesRpc<typeof Identity.method.currentRevision> {
  constructor(private readonly revisions: Revisions) {}

  async handle() {
    return { revision: await this.revisions.current() };
  }
}
