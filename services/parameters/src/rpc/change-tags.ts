import { type HandlesRpc, Rpc } from '@muster/bus';
import { type ChangeTagsRequest, Parameters as ParametersRpc } from '@muster/contracts';
import { UnitOfWork } from '@muster/persistence';

import { changedTags, taggedReference } from '../domain/tags.js';
import { parameterTagsChanged } from '../events.js';
import { ParameterChanges } from '../store/parameter-changes.js';

/** Tags or untags a parameter, on behalf of registry, which has decided that the caller may. */
@Rpc(ParametersRpc.method.changeTags)
export class ChangeTags implements HandlesRpc<typeof ParametersRpc.method.changeTags> {
  constructor(
    private readonly changes: ParameterChanges,
    private readonly work: UnitOfWork,
  ) {}

  async handle({ name, set, remove, account, region }: ChangeTagsRequest) {
    const scope = { account, region };
    const { path, arn, elsewhere } = taggedReference(name, scope);
    if (elsewhere) return { exists: false };
    return this.work.run(async (tx) => {
      const there = await this.changes.lock(tx, scope, path);
      if (!there) return { exists: false };
      const tags = changedTags(there.tags, set, remove);
      await this.changes.setTags(tx, there, tags);
      tx.announce(parameterTagsChanged(scope, arn, { name: there.name, tags }));
      return { exists: true };
    });
  }
}
