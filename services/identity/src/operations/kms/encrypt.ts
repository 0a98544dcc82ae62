import type { EncryptRequest, EncryptResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { encryptWithKey } from '@muster/keys';

import { demandEnabled } from '../../domain/key-state.js';
import { endDryRun, symmetricOnly } from '../../domain/symmetric-only.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'Encrypt')
export class Encrypt implements Handles<EncryptRequest, NamedKey, EncryptResponse> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
  ) {}

  load({ KeyId, EncryptionContext: encryptionContext = {} }: Valid<EncryptRequest>, call: Call) {
    return this.keys.named(call, KeyId, { aliases: true, ofOthers: true, encryptionContext });
  }

  async handle(input: Valid<EncryptRequest>, named: NamedKey) {
    const key = existing(named);
    demandEnabled(key);
    symmetricOnly(input, key.arn);
    endDryRun(input);
    const blob = this.ring.withMaterial(key, named.material!, (material) =>
      encryptWithKey(material, input.Plaintext, input.EncryptionContext),
    );
    input.Plaintext.fill(0);
    return { CiphertextBlob: blob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const };
  }
}
