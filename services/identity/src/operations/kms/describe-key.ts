import type { DescribeKeyRequest, DescribeKeyResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { keyMetadata } from '../../domain/key-metadata.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'DescribeKey')
export class DescribeKey implements Handles<DescribeKeyRequest, NamedKey, DescribeKeyResponse> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<DescribeKeyRequest>, call: Call) {
    return this.keys.named(call, input.KeyId, { aliases: true, ofOthers: true });
  }

  async handle(_input: Valid<DescribeKeyRequest>, named: NamedKey) {
    return { KeyMetadata: keyMetadata(existing(named)) };
  }
}
