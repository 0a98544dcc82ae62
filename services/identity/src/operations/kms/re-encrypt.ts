import type { ReEncryptRequest, ReEncryptResponse } from '@aws-sdk/client-kms';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { encryptWithKey } from '@muster/keys';

import { demandEnabled } from '../../domain/key-state.js';
import { endDryRun, symmetricOnly } from '../../domain/symmetric-only.js';
import { Ciphertexts, type NamedCiphertext, keyOf } from '../../store/ciphertexts.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

interface FromTo extends Acted {
  readonly from: NamedCiphertext;
  readonly to: NamedKey;
}

@Operation('kms', 'ReEncrypt')
export class ReEncrypt implements Handles<ReEncryptRequest, FromTo, ReEncryptResponse> {
  constructor(
    private readonly ciphertexts: Ciphertexts,
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
  ) {}

  async load(input: Valid<ReEncryptRequest>, call: Call): Promise<FromTo> {
    const from = await this.ciphertexts.named(call, input.CiphertextBlob, input.SourceKeyId, {
      action: 'kms:ReEncryptFrom',
      ofOthers: true,
      encryptionContext: input.SourceEncryptionContext ?? {},
    });
    const to = await this.keys.named(call, input.DestinationKeyId, {
      action: 'kms:ReEncryptTo',
      aliases: true,
      ofOthers: true,
      encryptionContext: input.DestinationEncryptionContext ?? {},
    });
    const same = { 'kms:ReEncryptOnSameKey': String(from.key !== undefined && from.key.id === to.key?.id) };
    const on = [...from.on, ...to.on].map((each) => ({ ...each, context: { ...each.context, ...same } }));
    return { from, to, on };
  }

  async handle(input: Valid<ReEncryptRequest>, { from, to }: FromTo) {
    const [source, destination] = [keyOf(from), existing(to)];
    demandEnabled(source);
    demandEnabled(destination);
    symmetricOnly({ ...input, EncryptionAlgorithm: input.SourceEncryptionAlgorithm }, source.arn);
    symmetricOnly({ EncryptionAlgorithm: input.DestinationEncryptionAlgorithm }, destination.arn);
    endDryRun(input);
    const plaintext = this.ciphertexts.open(source, from, input.SourceEncryptionContext);
    try {
      return {
        CiphertextBlob: this.ring.withMaterial(destination, to.material!, (material) =>
          encryptWithKey(material, plaintext, input.DestinationEncryptionContext),
        ),
        SourceKeyId: source.arn,
        KeyId: destination.arn,
        SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
        DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
        SourceKeyMaterialId: from.material!.materialId,
        DestinationKeyMaterialId: to.material!.materialId,
      };
    } finally {
      plaintext.fill(0);
    }
  }
}
