import { ApiError } from '@muster/aws-protocol';
import type { Caller } from '@muster/iam';
import { SystemClock } from '@muster/persistence';

import { BusAuthority } from './bus-authority.js';

const alice: Caller = {
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:iam::123456789012:user/alice',
  userId: 'AIDA1',
  kind: 'User',
};
const on = [{ arn: 'arn:aws:ssm:us-east-1:123456789012:parameter/a' }];
const allowAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }],
});

/** Identity as a test wants it. */
class AnIdentity {
  revision = 1n;
  documents: string[] = [allowAll];
  away = false;
  readonly asked: string[] = [];

  rpc = (async (method: { localName: string }) => {
    this.asked.push(method.localName);
    if (this.away) throw new ApiError('ServiceUnavailable', 'away');
    return method.localName === 'policiesOf'
      ? {
          exists: true,
          identityPolicies: this.documents.map((document) => ({ name: 'a policy', document })),
          sessionPolicies: [],
          principalTags: {},
          revision: this.revision,
        }
      : { revision: this.revision };
  }) as never;
}

function anAuthority() {
  const identity = new AnIdentity();
  const clock = { now: 0 };
  const authority = new BusAuthority(identity, new SystemClock(), () => clock.now);
  const may = async () => (await authority.decide(alice, 'ssm:GetParameter', on)).allowed;
  return { identity, clock, authority, may };
}

describe('a decision', () => {
  it('asks for policies once while the revision stays', async () => {
    const { identity, authority, may } = anAuthority();
    authority.heard(1n);
    expect([await may(), await may()]).toEqual([true, true]);
    expect(identity.asked).toEqual(['policiesOf']);
  });

  it('rests on new policies from the moment that a new revision is heard', async () => {
    const { identity, authority, may } = anAuthority();
    authority.heard(1n);
    expect(await may()).toBe(true);
    identity.documents = [];
    identity.revision = 2n;
    expect(await may()).toBe(true);
    authority.heard(2n);
    expect(await may()).toBe(false);
    // Overtaken on the way: it changes nothing.
    authority.heard(1n);
    expect(await may()).toBe(false);
  });

  it('is made on the word of identity, once for all who wait, after a second of silence', async () => {
    const { identity, clock, authority, may } = anAuthority();
    authority.heard(1n);
    await may();
    clock.now = 1_001;
    identity.documents = [];
    identity.revision = 2n;
    expect(await Promise.all([may(), may()])).toEqual([false, false]);
    expect(identity.asked.filter((each) => each === 'currentRevision')).toHaveLength(1);
  });

  it('is refused with 503, never guessed, when identity cannot be asked', async () => {
    const { identity, clock, authority, may } = anAuthority();
    authority.heard(1n);
    await may();
    identity.away = true;
    // What it said within the last second still counts.
    expect(await may()).toBe(true);
    clock.now = 1_001;
    await expect(may()).rejects.toMatchObject({ code: 'ServiceUnavailable', status: 503 });
    identity.away = false;
    expect(await may()).toBe(true);
  });

  it('is not made on policies of yesterday', async () => {
    const { authority, may } = anAuthority();
    authority.heard(5n);
    await expect(may()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });

  it('follows identity when its database was restored from a backup', async () => {
    const { identity, clock, authority, may } = anAuthority();
    identity.revision = 9n;
    authority.heard(9n);
    expect(await may()).toBe(true);
    identity.revision = 4n;
    identity.documents = [];
    clock.now = 1_001;
    authority.heard(4n);
    expect(await may()).toBe(false);
  });

  it('about the root of an account asks nobody', async () => {
    const { identity, authority } = anAuthority();
    identity.away = true;
    const root: Caller = { ...alice, kind: 'Root', arn: 'arn:aws:iam::123456789012:root' };
    expect((await authority.decide(root, 'ssm:GetParameter', on)).allowed).toBe(true);
  });
});
