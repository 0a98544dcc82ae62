import type { GenerateDataKeyRequest, GenerateDataKeyResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { DataKeys } from '../../store/data-keys.js';
import type { NamedKey } from '../../store/named-keys.js';

@Operation('kms', 'GenerateDataKey')
export class GenerateDataKey implements Handles<GenerateDataKeyRequest, NamedKey, GenerateDataKeyResponse> {
  constructor(private readonly dataKeys: DataKeys) {}

  load(input: Valid<GenerateDataKeyRequest>, call: Call) {
    return this.dataKeys.named(call, input);
  }

  async handle(input: Valid<GenerateDataKeyRequest>, named: NamedKey) {
    return this.dataKeys.make(input, named);
  }
}
