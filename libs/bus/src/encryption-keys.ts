import { type Caller, MalformedPolicy, type PolicyDocument, type Resource, parsePolicy } from '@muster/iam';

import { unavailable } from './unavailable.js';

/** Whose key ring is meant. */
export interface KeyRingScope {
  readonly account: string;
  readonly region: string;
}

/** What a key is, and may do. */
export interface KeyDescription {
  readonly keyId: string;
  readonly arn: string;
  /** Whose it is. */
  readonly account: string;
  /** As KMS names it: only an `Enabled` key has material. */
  readonly state: string;
  readonly policy: PolicyDocument;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the material. */
  readonly version: number;
}

/**
 * A key of the key ring, with the material that `sealValue` and `openValue` of libs/keys take. Use it within the call that
 * asked for it: it is forgotten soon after its 60 seconds, or after anything that identity knows has changed.
 */
export class EncryptionKey implements KeyDescription {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly state: string;
  readonly policy: PolicyDocument;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: number;
  // Private to the language: no logger and no JSON ever finds it.
  #material: Uint8Array | undefined;

  /** @param material becomes this object's own: it is overwritten by `forget` */
  constructor(description: KeyDescription, material: Uint8Array) {
    this.keyId = description.keyId;
    this.arn = description.arn;
    this.account = description.account;
    this.state = description.state;
    this.policy = description.policy;
    this.tags = description.tags;
    this.version = description.version;
    this.#material = material;
  }

  /**
   * 32 bytes.
   * @throws ApiError ServiceUnavailable when it was forgotten meanwhile; a fault when the key is not enabled
   */
  get material(): Uint8Array {
    if (!this.#material) throw unavailable('The key was held for too long: try again.');
    if (this.#material.length !== 32) throw new TypeError(`the key ${this.arn} is ${this.state}: it has no material`);
    return this.#material;
  }

  /** Overwrites the material: whoever still has the key cannot use it any more. */
  forget(): void {
    this.#material?.fill(0);
    this.#material = undefined;
  }
}

/** The keys of the key ring: asked of identity, held for 60 s at most and only while nothing there has changed. */
export abstract class EncryptionKeys {
  /**
   * The key, or undefined when there is none. `alias/aws/ssm` is there from the first question on.
   * Costs nothing but a look into a map while it is held.
   * @param key key id, key ARN, `alias/NAME` or alias ARN; of the scope's account unless it is an ARN
   * @param version of the material that something was sealed by; without it, the current one
   * @throws ApiError ServiceUnavailable when identity cannot be asked
   */
  abstract of(scope: KeyRingScope, key: string, version?: number): Promise<EncryptionKey | undefined>;
}

/** On whose behalf, and for what, a key is used. */
export interface KeyUse {
  readonly caller: Caller;
  /** The service through which the key is used (kms:ViaService), such as `ssm`; absent: KMS itself was called. */
  readonly via?: string;
  readonly encryptionContext?: Readonly<Record<string, string>>;
}

/** A key as a thing to be decided on: its policy has the word. @param action such as `kms:Decrypt` */
export function keyResource(
  key: Pick<KeyDescription, 'arn' | 'tags' | 'policy'>,
  action: string,
  use: KeyUse,
): Resource {
  const region = key.arn.split(':')[3] ?? '';
  return {
    arn: key.arn,
    action,
    tags: key.tags,
    policy: key.policy,
    policyGoverns: true,
    context: {
      'kms:CallerAccount': use.caller.account,
      ...(use.via !== undefined && { 'kms:ViaService': `${use.via}.${region}.amazonaws.com` }),
      ...encryptionContextKeys(use.encryptionContext),
    },
  };
}

function encryptionContextKeys(context: Readonly<Record<string, string>> = {}): Record<string, string | string[]> {
  const names = Object.keys(context);
  if (names.length === 0) return {};
  return {
    'kms:EncryptionContextKeys': names,
    ...Object.fromEntries(names.map((name) => [`kms:EncryptionContext:${name}`, context[name]!])),
  };
}

/** Policies that were read: the same few are decided on all the time, and reading one costs thirty decisions. */
const read = new Map<string, PolicyDocument>();
const MOST_READ = 500;

/** A key policy as it is decided on. What cannot be read allows nothing. */
export function keyPolicyOf(text: string): PolicyDocument {
  const known = read.get(text);
  if (known) return known;
  const policy = parsed(text);
  read.set(text, policy);
  if (read.size > MOST_READ) read.delete(read.keys().next().value!);
  return policy;
}

function parsed(text: string): PolicyDocument {
  try {
    return parsePolicy(text, 'key');
  } catch (error) {
    if (error instanceof MalformedPolicy) return { Statement: [] };
    throw error;
  }
}
