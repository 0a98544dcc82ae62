import { type EncryptionKey as KeyMessage, Identity } from '@muster/contracts';

import type { Authority } from './authority.js';
import type { Bus } from './bus.js';
import { EncryptionKey, EncryptionKeys, type KeyRingScope, keyPolicyOf } from './encryption-keys.js';
import { unavailable } from './unavailable.js';

/** How long a key is given to those who ask, and how long a call may use what it was given: 60 s altogether. */
const HELD_MS = 50_000;
const IN_USE_MS = 10_000;
const SWEEP_MS = 1_000;
/** The one that was asked for first goes first. */
const MOST_KEYS = 10_000;

interface Held {
  readonly key: EncryptionKey;
  readonly revision: bigint;
  readonly since: number;
}

/**
 * Keys by revision. What changed is asked anew at once; the material of what was dropped is overwritten when the calls
 * that were given it have ended.
 */
export class BusEncryptionKeys extends EncryptionKeys {
  private newest = -1n;
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<Held | undefined>>();
  private dropped: { key: EncryptionKey; at: number }[] = [];
  private readonly sweeping: NodeJS.Timeout;

  constructor(
    private readonly bus: Pick<Bus, 'rpc'>,
    private readonly authority: Pick<Authority, 'revision'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  override async of(scope: KeyRingScope, key: string, version?: number): Promise<EncryptionKey | undefined> {
    const revision = await this.authority.revision();
    // Identity's database was restored from a backup: other keys.
    if (revision < this.newest) this.dropAll();
    this.newest = revision;
    const name = `${scope.account} ${scope.region} ${key} ${version ?? ''}`;
    const held = this.held.get(name);
    if (held && this.isGood(held, revision)) return held.key;
    // One question for all that wait.
    const question = `${name} ${revision}`;
    const asking = this.asking.get(question) ?? this.ask(question, name, { ...scope, key, version });
    const answer = await asking;
    if (answer && answer.revision < revision) throw unavailable('Identity answered with keys of yesterday: try again.');
    return answer?.key;
  }

  /** Overwrites what is outdated; once a second, and whenever a test says so. */
  sweep(): void {
    for (const [name, held] of this.held) if (!this.isGood(held, this.newest)) this.drop(name);
    const over = this.dropped.filter(({ at }) => this.now() - at >= IN_USE_MS);
    if (over.length === 0) return;
    for (const { key } of over) key.forget();
    this.dropped = this.dropped.filter((each) => !over.includes(each));
  }

  /** Overwrites everything. */
  close(): void {
    clearInterval(this.sweeping);
    this.dropAll();
    for (const { key } of this.dropped.splice(0)) key.forget();
  }

  private isGood(held: Held, revision: bigint): boolean {
    return held.revision >= revision && this.now() - held.since < HELD_MS;
  }

  private ask(
    question: string,
    name: string,
    request: KeyRingScope & { key: string; version: number | undefined },
  ): Promise<Held | undefined> {
    const asking = this.fetch(name, request).finally(() => this.asking.delete(question));
    this.asking.set(question, asking);
    return asking;
  }

  private async fetch(
    name: string,
    { version, ...request }: KeyRingScope & { key: string; version: number | undefined },
  ): Promise<Held | undefined> {
    const since = this.now();
    const answer = await this.bus.rpc(
      Identity.method.encryptionKey,
      { ...request, ...(version !== undefined && { version }) },
      { deadlineMs: 2_000 },
    );
    // What is not there is asked again: names that somebody makes up must not drive out real keys.
    if (!answer.key) return undefined;
    const held = { key: keyOf(answer.key), revision: answer.revision, since };
    this.drop(name);
    this.held.set(name, held);
    if (this.held.size > MOST_KEYS) this.drop(this.held.keys().next().value!);
    return held;
  }

  private drop(name: string): void {
    const held = this.held.get(name);
    if (!held) return;
    this.held.delete(name);
    this.dropped.push({ key: held.key, at: this.now() });
  }

  private dropAll(): void {
    for (const name of [...this.held.keys()]) this.drop(name);
  }
}

function keyOf({ keyId, arn, account, state, policy, tags, version, material }: KeyMessage): EncryptionKey {
  // A copy of its own: the message's bytes lie in the buffer of the connection.
  const own = Uint8Array.from(material);
  material.fill(0);
  return new EncryptionKey({ keyId, arn, account, state, policy: keyPolicyOf(policy), tags, version }, own);
}
