import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from '../config.js';
import { checkPolicy, demandSize } from '../domain/policy-text.js';

/** Who may assume a role: what such a policy must be when it is written. */
@Injectable()
export class Trusting {
  constructor(@Inject(CONFIG) private readonly config: IdentityConfig) {}

  /** @throws ApiError MalformedPolicyDocumentException, LimitExceededException */
  check(document: string): void {
    checkPolicy(document, 'trust');
    demandSize(document, 'ACLSizePerRole', this.config.trustPolicyBytes);
  }
}
