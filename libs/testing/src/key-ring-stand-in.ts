import { randomBytes, randomUUID } from 'node:crypto';

import type { MessageInitShape } from '@bufbuild/protobuf';
import type { EncryptionKeyRequest, EncryptionKeySchema } from '@muster/contracts';
import { defaultKeyPolicy, serviceKeyPolicy } from '@muster/keys';

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** What of a key a test may change. */
export interface KeyChange {
  /** `Disabled`, `PendingDeletion`, `Enabled`. */
  readonly state?: string;
  readonly policy?: object;
  readonly tags?: Readonly<Record<string, string>>;
}

interface RingKey {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  state: string;
  policy: string;
  tags: Record<string, string>;
  /** The first is version 1. */
  readonly materials: Uint8Array[];
}

/** A key ring in memory, with real keys: what identity answers about keys, as a test wants it. */
export class KeyRingStandIn {
  private readonly keys = new Map<string, RingKey>();
  private readonly aliases = new Map<string, RingKey>();

  /** @param changed is called after each change: the revision goes on */
  constructor(private readonly changed: () => void) {}

  /** Makes a customer's key; `alias` as `alias/mine`. */
  make(scope: Scope, alias?: string, how: KeyChange = {}): { keyId: string; arn: string } {
    const key = this.add(scope, defaultKeyPolicy(scope.account));
    if (alias !== undefined) this.aliases.set(nameOf(scope, alias), key);
    this.apply(key, how);
    this.changed();
    return { keyId: key.keyId, arn: key.arn };
  }

  /** Disables a key, gives it another policy or other tags. `key` as in a request: also `alias/aws/ssm`. */
  change(scope: Scope, key: string, how: KeyChange): void {
    this.apply(this.existing(scope, key), how);
    this.changed();
  }

  /** From now on the key seals with new material; what was sealed before opens with the old. */
  rotate(scope: Scope, key: string): void {
    this.existing(scope, key).materials.push(randomBytes(32));
    this.changed();
  }

  /** As if its deletion had come due. */
  remove(scope: Scope, key: string): void {
    const { arn } = this.existing(scope, key);
    this.keys.delete(arn);
    for (const [name, each] of this.aliases) if (each.arn === arn) this.aliases.delete(name);
    this.changed();
  }

  /** What identity answers. */
  answer({
    account,
    region,
    key: name,
    version,
  }: EncryptionKeyRequest): MessageInitShape<typeof EncryptionKeySchema> | undefined {
    const key = this.find({ account, region }, name);
    const number = version ?? key?.materials.length ?? 0;
    const material = key?.materials[number - 1];
    if (!key || !material) return undefined;
    const { keyId, arn, account: owner, state, policy, tags } = key;
    const usable = state === 'Enabled' ? Uint8Array.from(material) : new Uint8Array();
    return { keyId, arn, account: owner, state, policy, tags, version: number, material: usable };
  }

  private existing(scope: Scope, name: string): RingKey {
    const key = this.find(scope, name);
    if (!key) throw new Error(`the test made no key ${name}`);
    return key;
  }

  private find(scope: Scope, name: string): RingKey | undefined {
    if (name.startsWith('alias/')) return this.aliased(scope, name);
    const [, , service, region = '', account = '', resource = ''] = name.split(':');
    if (service !== 'kms') return this.keys.get(arnOf(scope, name));
    return resource.startsWith('alias/') ? this.aliased({ account, region }, resource) : this.keys.get(name);
  }

  private aliased(scope: Scope, alias: string): RingKey | undefined {
    const found = this.aliases.get(nameOf(scope, alias));
    if (found || alias !== 'alias/aws/ssm') return found;
    const made = this.add(scope, serviceKeyPolicy('ssm', scope));
    this.aliases.set(nameOf(scope, alias), made);
    this.changed();
    return made;
  }

  private add(scope: Scope, policy: string): RingKey {
    const keyId = randomUUID();
    const arn = arnOf(scope, keyId);
    const key = {
      keyId,
      arn,
      account: scope.account,
      state: 'Enabled',
      policy,
      tags: {},
      materials: [randomBytes(32)],
    };
    this.keys.set(arn, key);
    return key;
  }

  private apply(key: RingKey, { state, policy, tags }: KeyChange): void {
    if (state !== undefined) key.state = state;
    if (policy !== undefined) key.policy = JSON.stringify(policy);
    if (tags !== undefined) key.tags = { ...tags };
  }
}

function arnOf({ region, account }: Scope, keyId: string): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`;
}

function nameOf({ region, account }: Scope, alias: string): string {
  return `${region} ${account} ${alias}`;
}
