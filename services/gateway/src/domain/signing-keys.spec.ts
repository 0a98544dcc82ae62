import { type KeyQuestion, type KeySource, type SigningKey, SigningKeys } from './signing-keys.js';

const question: KeyQuestion = { accessKeyId: 'AKIA', date: '20261124', region: 'us-east-1', service: 'ssm' };
const owner = {
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/a',
  userId: 'AIDA',
  kind: 'User' as const,
};

/** Identity, as far as keys go. */
class FakeIdentity implements KeySource {
  revision = 1n;
  asked: KeyQuestion[] = [];
  away = false;
  revoked = false;

  currentRevision(): bigint {
    if (this.away) throw new Error('away');
    return this.revision;
  }

  ask(asked: KeyQuestion): Promise<SigningKey> {
    this.asked.push(asked);
    return Promise.resolve({ ...(this.revoked ? {} : { owner }), key: Uint8Array.of(1), revision: this.revision });
  }
}

describe('signing keys', () => {
  let identity: FakeIdentity;
  let keys: SigningKeys;
  beforeEach(() => {
    identity = new FakeIdentity();
    keys = new SigningKeys(identity, 3);
  });

  it('of another life of identity are forgotten', async () => {
    identity.revision = 9n;
    await keys.of(question);
    identity.revision = 2n;
    identity.revoked = true;
    keys.forget();
    expect((await keys.of(question)).owner).toBeUndefined();
  });

  it('are asked for once, however many wait', async () => {
    await Promise.all([keys.of(question), keys.of(question)]);
    await keys.of(question);
    expect(identity.asked).toHaveLength(1);
  });

  it('are asked for anew when anything at identity changed', async () => {
    await keys.of(question);
    identity.revision = 2n;
    identity.revoked = true;
    await expect(keys.of(question)).resolves.not.toHaveProperty('owner');
  });

  it('that do not exist are remembered as well, until something changes', async () => {
    identity.revoked = true;
    await keys.of(question);
    await expect(keys.knows(question)).resolves.toBe(true);
    identity.revision = 2n;
    await expect(keys.knows(question)).resolves.toBe(false);
  });

  it('that were there when they were last asked about are told from guesses', async () => {
    expect(keys.wasThere(question)).toBe(false);
    await keys.of(question);
    identity.revision = 2n;
    expect(keys.wasThere(question)).toBe(true);
    identity.revoked = true;
    await keys.of(question);
    expect(keys.wasThere(question)).toBe(false);
  });

  it('are kept apart by day, region, service and session', async () => {
    for (const change of [
      {},
      { date: '20261125' },
      { region: 'eu-west-1' },
      { service: 'sts' },
      { sessionToken: 't' },
    ]) {
      await keys.of({ ...question, ...change });
    }
    expect(identity.asked).toHaveLength(5);
  });

  it('never fill more than their room: what was unused for longest goes', async () => {
    for (const accessKeyId of ['a', 'b', 'c', 'a', 'd']) await keys.of({ ...question, accessKeyId });
    await expect(keys.knows({ ...question, accessKeyId: 'b' })).resolves.toBe(false);
    await expect(keys.knows({ ...question, accessKeyId: 'a' })).resolves.toBe(true);
  });

  it('are not used while nobody knows whether they are still good', async () => {
    await keys.of(question);
    identity.away = true;
    await expect(keys.of(question)).rejects.toThrow('away');
  });

  it('may be asked for again after a failure', async () => {
    const failing = new SigningKeys({
      currentRevision: () => 1n,
      ask: (asked) =>
        identity.asked.length === 0
          ? (identity.asked.push(asked), Promise.reject(new Error('lost')))
          : identity.ask(asked),
    });
    await expect(failing.of(question)).rejects.toThrow('lost');
    await expect(failing.of(question)).resolves.toMatchObject({ owner });
  });
});
