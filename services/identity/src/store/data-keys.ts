import type { Call } from '@muster/bus';
import { encryptWithKey } from '@muster/keys';
import { Ids } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { dataKeyLength } from '../domain/data-key-length.js';
import { demandEnabled } from '../domain/key-state.js';
import { endDryRun, symmetricOnly } from '../domain/symmetric-only.js';
import { KeyRing } from './key-ring.js';
import { type NamedKey, NamedKeys, existing } from './named-keys.js';

/** What both ways of asking for a data key say. */
interface DataKeyRequest {
  readonly KeyId: string;
  readonly KeySpec?: string | undefined;
  readonly NumberOfBytes?: number | undefined;
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
  readonly Recipient?: object | undefined;
  readonly DryRun?: boolean | undefined;
}

/** Random data keys, given out encrypted under a key of the ring. */
@Injectable()
export class DataKeys {
  constructor(
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
    private readonly ids: Ids,
  ) {}

  named(call: Call, { KeyId, EncryptionContext: encryptionContext = {} }: DataKeyRequest): Promise<NamedKey> {
    return this.keys.named(call, KeyId, { aliases: true, ofOthers: true, encryptionContext });
  }

  make(input: DataKeyRequest, named: NamedKey) {
    const key = existing(named);
    demandEnabled(key);
    symmetricOnly(input, key.arn);
    const length = dataKeyLength(input);
    endDryRun(input);
    const Plaintext = this.ids.random(length);
    return {
      CiphertextBlob: this.ring.withMaterial(key, named.material!, (material) =>
        encryptWithKey(material, Plaintext, input.EncryptionContext),
      ),
      Plaintext,
      KeyId: key.arn,
      KeyMaterialId: named.material!.materialId,
    };
  }
}
