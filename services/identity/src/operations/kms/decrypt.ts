import type { DecryptRequest, DecryptResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandEnabled } from '../../domain/key-state.js';
import { endDryRun, symmetricOnly } from '../../domain/symmetric-only.js';
import { Ciphertexts, type NamedCiphertext, keyOf } from '../../store/ciphertexts.js';

@Operation('kms', 'Decrypt')
export class Decrypt implements Handles<DecryptRequest, NamedCiphertext, DecryptResponse> {
  constructor(private readonly ciphertexts: Ciphertexts) {}

  load({ CiphertextBlob, KeyId, EncryptionContext: encryptionContext = {} }: Valid<DecryptRequest>, call: Call) {
    return this.ciphertexts.named(call, CiphertextBlob, KeyId, { ofOthers: true, encryptionContext });
  }

  async handle(input: Valid<DecryptRequest>, named: NamedCiphertext) {
    const key = keyOf(named);
    demandEnabled(key);
    symmetricOnly(input, key.arn);
    endDryRun(input);
    return {
      KeyId: key.arn,
      Plaintext: this.ciphertexts.open(key, named, input.EncryptionContext),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
      KeyMaterialId: named.material!.materialId,
    };
  }
}
