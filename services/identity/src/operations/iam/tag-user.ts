import type { TagUserRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'TagUser')
export class TagUser implements Handles<TagUserRequest, NamedPrincipal, object> {
  constructor(private readonly tagging: Tagging) {}

  load(input: Valid<TagUserRequest>, call: Call) {
    return this.tagging.named(call, 'User', input.UserName, input.Tags);
  }

  handle(input: Valid<TagUserRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.add(call, named, input.Tags);
  }
}
