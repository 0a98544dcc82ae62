import type { UntagUserRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'UntagUser')
export class UntagUser implements Handles<UntagUserRequest, NamedPrincipal, object> {
  constructor(private readonly tagging: Tagging) {}

  load(input: Valid<UntagUserRequest>, call: Call) {
    return this.tagging.namedByKeys(call, 'User', input.UserName, input.TagKeys);
  }

  handle(input: Valid<UntagUserRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.remove(call, named, input.TagKeys);
  }
}
