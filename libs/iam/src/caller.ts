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
  readonly accessKeyId?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
}

/** A thing that an operation acts on. */
export interface Resource {
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The action that this one needs, where it is another than the operation's, such as `kms:Decrypt`. */
  readonly action?: string;
  /** Condition keys of this resource, such as `ssm:Overwrite`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}
