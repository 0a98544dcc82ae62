import { Bus } from '@muster/bus';

import { IdentityRevision } from './identity-revision.js';

class FakeBus extends Bus {
  revision = 1n;
  duringRpc: () => void = () => undefined;

  override rpc(): Promise<never> {
    const { revision } = this;
    this.duringRpc();
    return Promise.resolve({ revision } as never);
  }
  override publish(): void {}
}

describe("identity's revision", () => {
  let bus: FakeBus;
  let revision: IdentityRevision;
  let restored: number;
  beforeEach(() => {
    bus = new FakeBus();
    revision = new IdentityRevision(bus);
    restored = 0;
    revision.onRestored(() => restored++);
    revision.heard(5n);
  });

  it('is followed back when its database was restored from a backup', async () => {
    bus.revision = 3n;
    await expect(revision.ask()).resolves.toBe(3n);
    expect(restored).toBe(1);
    expect(revision.current()).toBe(3n);
    revision.heard(4n);
    expect(revision.current()).toBe(4n);
  });

  it('is not followed back to an answer that was overtaken on its way', async () => {
    bus.revision = 4n;
    bus.duringRpc = () => revision.heard(6n);
    await expect(revision.ask()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    expect(restored).toBe(0);
    expect(revision.current()).toBe(6n);
  });
});
