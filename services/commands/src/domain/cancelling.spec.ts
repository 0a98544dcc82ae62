import { cancelAnswered, cancelRequested } from './cancelling.js';
import type { Invocation } from './invocation.js';
import { overdue } from './overdue.js';

function anInvocation(some: Partial<Invocation> = {}): Invocation {
  return {
    status: 'Pending',
    details: 'Pending',
    reason: '',
    sent: false,
    unsure: false,
    attempt: 0,
    accepted: false,
    cancelRequested: false,
    responseCode: -1,
    startedAt: null,
    finishedAt: null,
    ...some,
  };
}

describe('cancelling', () => {
  it('ends at once what was never sent', () => {
    expect(cancelRequested(anInvocation())?.after.status).toBe('Cancelled');
  });

  it('asks the node about what was sent, at once', () => {
    expect(cancelRequested(anInvocation({ sent: true }))).toMatchObject({
      after: { status: 'Cancelling', sent: true, cancelRequested: true },
      dueInMs: 0,
    });
  });

  it('leaves an end as it is', () => {
    expect(cancelRequested(anInvocation({ status: 'Success', details: 'Success' }))).toBeUndefined();
  });

  it('is over when the node lays a tombstone', () => {
    const cancelling = anInvocation({ status: 'Cancelling', details: 'Cancelling', sent: true });
    expect(cancelAnswered(cancelling, { kind: 'tombstoned' })?.after.status).toBe('Cancelled');
  });

  it('waits for the report of what is being stopped, and asks again when none comes', () => {
    const cancelling = anInvocation({ status: 'Cancelling', details: 'Cancelling', sent: true });
    expect(cancelAnswered(cancelling, { kind: 'report-follows' })).toMatchObject({
      after: { status: 'Cancelling' },
      dueInMs: 30_000,
    });
  });
});

describe('an invocation whose node never reported', () => {
  it('is unconfirmed when it was being cancelled', () => {
    const { after } = overdue(anInvocation({ status: 'Cancelling', details: 'Cancelling', sent: true }));
    expect(after).toMatchObject({ status: 'Cancelled', reason: expect.stringContaining('Unconfirmed') });
  });

  it('timed out when the node had accepted it', () => {
    const { after } = overdue(
      anInvocation({ status: 'InProgress', details: 'InProgress', sent: true, accepted: true }),
    );
    expect(after).toMatchObject({ status: 'TimedOut', details: 'ExecutionTimedOut' });
  });

  it('is undeliverable when nobody knows whether it arrived', () => {
    const { after } = overdue(anInvocation({ sent: true, unsure: true }));
    expect(after).toMatchObject({ status: 'Failed', details: 'Undeliverable' });
  });
});
