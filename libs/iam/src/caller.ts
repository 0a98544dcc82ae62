import type { PolicyDocument } from './policy.js';

/** Who asks, as the gateway found out from the signature. Travels in a header of every `api.` message. */
export interface Caller {
  /** 12 digits. */
  readonly account: string;
  /** Region of the credential scope. */
  readonly region: string;
  /** `arn:aws:iam::123456789012:user/alice`, `arn:aws:sts::…:assumed-role/…`. */
  readonly arn: string;
  /** AIDA…, AROA…:session. */
  readonly userId: string;
  readonly kind: 'User' | 'AssumedRole' | 'Root' | 'Anonymous';
  /** Of an assumed role: the role's own ARN, `arn:aws:iam::123456789012:role/path/NAME` (aws:PrincipalArn). */
  readonly issuerArn?: string;
  readonly accessKeyId?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  /** When temporary credentials were issued, milliseconds since 1970; absent for long-term ones. */
  readonly tokenIssuedAt?: number;
  /** When they end. */
  readonly expiresAt?: number;
  /** The request came over TLS. */
  readonly secureTransport?: boolean;
}

/** A thing that an operation acts on. */
export interface Resource {
  readonly arn: string;
  /** Its resource-based policy, as `parsePolicy` gave it: a parameter's sharing, a key policy, a role's trust policy. */
  readonly policy?: PolicyDocument;
  /**
   * The resource's own policy has the word, as with KMS keys and role trust: identity-based policies count only where it
   * hands the decision to the account (Principal = the account).
   */
  readonly policyGoverns?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** The action that this one needs, where it is another than the operation's, such as `kms:Decrypt`. */
  readonly action?: string;
  /** Condition keys of this resource, such as `ssm:Overwrite`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}
