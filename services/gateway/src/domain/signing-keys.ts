/** Who an access key belongs to. */
export interface KeyOwner {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly kind: 'User' | 'AssumedRole' | 'Root';
  /** Of an assumed role: the role's own ARN. */
  readonly issuerArn?: string;
  /** Of temporary credentials, milliseconds since 1970. */
  readonly tokenIssuedAt?: number;
  /** The same: from then on they are good for nothing. */
  readonly expiresAt?: number;
}

/** What identity says about an access key for one day, region and service. */
export interface SigningKey {
  /** Absent: there is no such active key. */
  readonly owner?: KeyOwner | undefined;
  /** It was one of temporary credentials that have ended. */
  readonly expired?: boolean;
  readonly key: Uint8Array;
  readonly revision: bigint;
}

/** What a signing key is good for. */
export interface KeyQuestion {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken?: string | undefined;
}

/** What the cache asks when it does not know. */
export interface KeySource {
  /** Revision of all that identity knows; at most a second old. @throws when identity is away */
  currentRevision(): bigint | Promise<bigint>;
  /** @throws when identity is away */
  ask(question: KeyQuestion): Promise<SigningKey>;
}

/**
 * Signing keys by question. A key, and also the word that there is none, is good as long as identity's revision stays:
 * whatever is revoked or made changes it.
 */
export class SigningKeys {
  private readonly known = new Map<string, SigningKey>();
  private readonly asking = new Map<string, Promise<SigningKey>>();

  constructor(
    private readonly source: KeySource,
    private readonly most = 10_000,
  ) {}

  /** Whether the answer is at hand, so that identity need not be asked. */
  async knows(question: KeyQuestion): Promise<boolean> {
    return (await this.lookUp(question)) !== undefined;
  }

  /** Whether there was such a key when identity was last asked about it: to ask again is no guessing. */
  wasThere(question: KeyQuestion): boolean {
    return this.known.get(nameOf(question))?.owner !== undefined;
  }

  /** @throws when identity is away and the answer is not at hand */
  async of(question: KeyQuestion): Promise<SigningKey> {
    return (await this.lookUp(question)) ?? this.askOnce(question);
  }

  /** Nothing that was kept is good any more: revisions count anew. */
  forget(): void {
    this.known.clear();
  }

  private async lookUp(question: KeyQuestion): Promise<SigningKey | undefined> {
    const revision = await this.source.currentRevision();
    const name = nameOf(question);
    const found = this.known.get(name);
    if (!found || found.revision < revision) return undefined;
    // To the end: what was not used for longest is dropped first.
    this.known.delete(name);
    this.known.set(name, found);
    return found;
  }

  /** One question for all that wait for the same key. */
  private askOnce(question: KeyQuestion): Promise<SigningKey> {
    const name = nameOf(question);
    let asked = this.asking.get(name);
    if (!asked) {
      asked = this.source.ask(question).then((answer) => this.keep(name, answer));
      this.asking.set(name, asked);
      const forget = () => this.asking.delete(name);
      asked.then(forget, forget);
    }
    return asked;
  }

  private keep(name: string, answer: SigningKey): SigningKey {
    this.known.delete(name);
    this.known.set(name, answer);
    if (this.known.size > this.most) this.known.delete(this.known.keys().next().value!);
    return answer;
  }
}

function nameOf({ accessKeyId, date, region, service, sessionToken }: KeyQuestion): string {
  return [accessKeyId, date, region, service, sessionToken ?? ''].join('/');
}
