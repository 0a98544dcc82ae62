import { ApiError } from '@muster/aws-protocol';
import { Bus, type Call } from '@muster/bus';
import { Parameters } from '@muster/contracts';
import { Injectable } from '@nestjs/common';

import type { TagChange, TagOwner } from './tagged-resources.js';

/** Tags of parameters: parameters keeps them, and is asked. */
@Injectable()
export class TaggedParameters implements TagOwner {
  constructor(private readonly bus: Bus) {}

  async find({ account, region, signal }: Call, name: string) {
    const { arn, exists, tags } = await this.bus.rpc(Parameters.method.tagsOf, { account, region, name }, { signal });
    return { arn, ...(exists && { tags }) };
  }

  async change({ account, region, signal }: Call, name: string, change: TagChange): Promise<void> {
    const wanted =
      'set' in change
        ? { set: Object.fromEntries(change.set.map(({ Key, Value }) => [Key, Value])) }
        : { remove: [...change.remove] };
    const answer = await this.bus.rpc(Parameters.method.changeTags, { account, region, name, ...wanted }, { signal });
    if (!answer.exists) throw new ApiError('InvalidResourceId', '');
  }
}
