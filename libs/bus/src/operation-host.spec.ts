import { ApiError } from '@muster/aws-protocol';
import type { Caller, Decision } from '@muster/iam';
import { log } from '@muster/telemetry';
import { headers } from '@nats-io/transport-node';

import { HEADER } from './headers.js';
import { OperationHost, type OperationSurroundings } from './operation-host.js';
import { Slots } from './slots.js';
import { unavailable } from './unavailable.js';

const caller: Caller = {
  account: '111122223333',
  region: 'us-east-1',
  arn: 'arn:aws:iam::111122223333:user/alice',
  userId: 'AIDAALICE',
  kind: 'User',
};
const remembered = { Name: '/a', Value: 'what was answered before' };

/** A call that was answered before, and what becomes of its repetition. */
async function repeated(decide: () => Promise<Decision>, handle: () => Promise<object>) {
  const around = {
    regions: ['us-east-1'],
    authority: { decide, verdicts: () => Promise.resolve([]), revision: () => Promise.resolve(1n) },
    slots: new Slots(1, 1),
    persistence: {
      unitOfWork: { answerOf: () => Promise.resolve(remembered) },
      auditTrail: { keep: () => Promise.resolve() },
      clock: { now: () => new Date(0) },
      ids: { uuid: () => 'id' },
    },
    logger: log('test'),
  } as unknown as OperationSurroundings;
  const instance = { load: () => ({ on: [{ arn: 'arn:aws:ssm:us-east-1:111122223333:parameter/a' }] }), handle };
  const mark = { kind: 'operation', service: 'ssm', operation: 'DeleteParameter' };
  const host = new OperationHost({ mark, instance, name: 'DeleteParameter' } as never, around);
  const set = headers();
  set.set(HEADER.caller, Buffer.from(JSON.stringify(caller)).toString('base64'));
  set.set(HEADER.invocationId, 'the-same-try');
  const { status, body } = await host.answer(Buffer.from('{"Name":"/a"}'), set);
  return { status, said: Buffer.from(body).toString() };
}

describe('a call that is repeated', () => {
  const gone = () => Promise.reject(new ApiError('ParameterNotFound', 'It is gone.'));
  const allowed = () => Promise.resolve({ allowed: true, by: ['policy/1'] } as const);

  it('is answered as before when it finds its own work done', async () => {
    expect(await repeated(allowed, gone)).toMatchObject({ status: 200 });
  });

  it('is not answered when nobody can say whether the caller still may', async () => {
    const { status, said } = await repeated(() => Promise.reject(unavailable('Identity is away.')), gone);
    expect({ status, said }).toEqual({ status: 503, said: expect.stringContaining('Identity is away.') });
  });

  it('is not answered when the caller may not do it any more', async () => {
    const action = 'ssm:DeleteParameter';
    const denied = { allowed: false, explicit: false, action, resource: '*', message: 'No.' } as const;
    expect(await repeated(() => Promise.resolve(denied), gone)).toMatchObject({ status: 400 });
  });
});
