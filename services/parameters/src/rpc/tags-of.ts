import { type HandlesRpc, Rpc } from '@muster/bus';
import { Parameters as ParametersRpc, type TagsOfRequest } from '@muster/contracts';

import { taggedReference } from '../domain/tags.js';
import { Parameters } from '../store/parameters.js';

/** The tags of a parameter: registry answers the tagging operations, and decides on what is told here. */
@Rpc(ParametersRpc.method.tagsOf)
export class TagsOf implements HandlesRpc<typeof ParametersRpc.method.tagsOf> {
  constructor(private readonly parameters: Parameters) {}

  async handle({ name, ...scope }: TagsOfRequest) {
    const reference = taggedReference(name, scope);
    const [found] = await this.parameters.find([reference]);
    return { arn: reference.arn, exists: found !== undefined, tags: found?.tags ?? {} };
  }
}
