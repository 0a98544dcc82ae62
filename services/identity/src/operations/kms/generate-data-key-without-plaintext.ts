import type {
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
} from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { DataKeys } from '../../store/data-keys.js';
import type { NamedKey } from '../../store/named-keys.js';

@Operation('kms', 'GenerateDataKeyWithoutPlaintext')
export class GenerateDataKeyWithoutPlaintext implements Handles<
  GenerateDataKeyWithoutPlaintextRequest,
  NamedKey,
  GenerateDataKeyWithoutPlaintextResponse
> {
  constructor(private readonly dataKeys: DataKeys) {}

  load(input: Valid<GenerateDataKeyWithoutPlaintextRequest>, call: Call) {
    return this.dataKeys.named(call, input);
  }

  async handle(input: Valid<GenerateDataKeyWithoutPlaintextRequest>, named: NamedKey) {
    const { Plaintext, ...answer } = this.dataKeys.make(input, named);
    Plaintext.fill(0);
    return answer;
  }
}
