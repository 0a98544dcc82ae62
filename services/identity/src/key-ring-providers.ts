import { CONFIG } from '@muster/config';
import { Envelope } from '@muster/keys';
import { Database } from '@muster/persistence';

import { KeyPolicies } from './key-policies.js';
import { CancelKeyDeletion } from './operations/kms/cancel-key-deletion.js';
import { CreateAlias } from './operations/kms/create-alias.js';
import { CreateKey } from './operations/kms/create-key.js';
import { Decrypt } from './operations/kms/decrypt.js';
import { DeleteAlias } from './operations/kms/delete-alias.js';
import { DescribeKey } from './operations/kms/describe-key.js';
import { DisableKeyRotation } from './operations/kms/disable-key-rotation.js';
import { DisableKey } from './operations/kms/disable-key.js';
import { EnableKeyRotation } from './operations/kms/enable-key-rotation.js';
import { EnableKey } from './operations/kms/enable-key.js';
import { Encrypt } from './operations/kms/encrypt.js';
import { GenerateDataKeyWithoutPlaintext } from './operations/kms/generate-data-key-without-plaintext.js';
import { GenerateDataKey } from './operations/kms/generate-data-key.js';
import { GenerateRandom } from './operations/kms/generate-random.js';
import { GetKeyPolicy } from './operations/kms/get-key-policy.js';
import { GetKeyRotationStatus } from './operations/kms/get-key-rotation-status.js';
import { ListAliases } from './operations/kms/list-aliases.js';
import { ListGrants } from './operations/kms/list-grants.js';
import { ListKeyPolicies } from './operations/kms/list-key-policies.js';
import { ListKeyRotations } from './operations/kms/list-key-rotations.js';
import { ListKeys } from './operations/kms/list-keys.js';
import { ListResourceTags } from './operations/kms/list-resource-tags.js';
import { PutKeyPolicy } from './operations/kms/put-key-policy.js';
import { ReEncrypt } from './operations/kms/re-encrypt.js';
import { RotateKeyOnDemand } from './operations/kms/rotate-key-on-demand.js';
import { ScheduleKeyDeletion } from './operations/kms/schedule-key-deletion.js';
import { TagResource } from './operations/kms/tag-resource.js';
import { UntagResource } from './operations/kms/untag-resource.js';
import { UpdateAlias } from './operations/kms/update-alias.js';
import { UpdateKeyDescription } from './operations/kms/update-key-description.js';
import { notOffered } from './operations/kms/what-is-not-offered.js';
import { openEnvelope } from './root-keys.js';
import { EncryptionKey } from './rpc/encryption-key.js';
import { Ciphertexts } from './store/ciphertexts.js';
import { DataKeys } from './store/data-keys.js';
import { KeyAliases } from './store/key-aliases.js';
import { KeyChanges } from './store/key-changes.js';
import { KeyRing } from './store/key-ring.js';
import { NamedAliases } from './store/named-aliases.js';
import { NamedKeys } from './store/named-keys.js';
import { ServiceKeys } from './store/service-keys.js';
import { DeleteKeys } from './sweeps/delete-keys.js';
import { RewrapSecrets } from './sweeps/rewrap-secrets.js';
import { RotateKeys } from './sweeps/rotate-keys.js';

const operations = [
  ...[Encrypt, Decrypt, ReEncrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom],
  ...[CreateKey, DescribeKey, ListKeys, UpdateKeyDescription, EnableKey, DisableKey],
  ...[ScheduleKeyDeletion, CancelKeyDeletion],
  ...[CreateAlias, UpdateAlias, DeleteAlias, ListAliases],
  ...[EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations],
  ...[GetKeyPolicy, PutKeyPolicy, ListKeyPolicies, ListGrants],
  ...[TagResource, UntagResource, ListResourceTags],
  ...notOffered,
];
const store = [Ciphertexts, DataKeys, KeyAliases, KeyChanges, KeyRing, NamedAliases, NamedKeys, ServiceKeys];
const sweeps = [DeleteKeys, RewrapSecrets, RotateKeys];

/** The key ring and its API (KMS): what the module lists of it. */
export const keyRingProviders = [
  ...operations,
  EncryptionKey,
  ...store,
  ...sweeps,
  KeyPolicies,
  { provide: Envelope, useFactory: openEnvelope, inject: [CONFIG, Database] },
];
