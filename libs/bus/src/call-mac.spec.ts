import { headers } from '@nats-io/transport-node';

import { CallMac, deriveGatewayKey } from './call-mac.js';

const secret = new Uint8Array(32).fill(7);
const mac = new CallMac(deriveGatewayKey(secret, 'parameters'));
const subject = 'api.ssm.PutParameter';
const body = Buffer.from('{"Name":"a"}');

function sealed() {
  const set = headers();
  set.set('Muster-Caller', 'eyJ9');
  set.set('Muster-Request-Id', 'r-1');
  set.set('Muster-Invocation-Id', 'i-1');
  set.set('Muster-Deadline-Ms', '10000');
  mac.seal(subject, set, body);
  return set;
}

describe('a call of the gateway', () => {
  it('is known by its seal', () => {
    expect(mac.isSealed(subject, sealed(), body)).toBe(true);
  });

  it('is good at its subject, with its body and for its service alone', () => {
    expect(mac.isSealed('api.ssm.DeleteParameter', sealed(), body)).toBe(false);
    expect(mac.isSealed('public.ssm.PutParameter', sealed(), body)).toBe(false);
    expect(mac.isSealed(subject, sealed(), Buffer.from('{"Name":"b"}'))).toBe(false);
    expect(new CallMac(deriveGatewayKey(secret, 'registry')).isSealed(subject, sealed(), body)).toBe(false);
  });

  it.each(['Muster-Caller', 'Muster-Request-Id', 'Muster-Invocation-Id', 'Muster-Stream'])(
    'is none any more with another %s',
    (name) => {
      const set = sealed();
      set.set(name, 'another');
      expect(mac.isSealed(subject, set, body)).toBe(false);
    },
  );

  it('is none without a seal, or with half of one', () => {
    const set = sealed();
    const whole = set.get('Muster-Mac');
    for (const seal of ['', whole.slice(0, 20), `${whole}AA`, 'not base64!']) {
      set.set('Muster-Mac', seal);
      expect(mac.isSealed(subject, set, body)).toBe(false);
    }
    expect(mac.isSealed(subject, headers(), body)).toBe(false);
    expect(mac.isSealed(subject, undefined, body)).toBe(false);
  });

  it('needs a secret that nobody guesses', () => {
    expect(() => deriveGatewayKey(new Uint8Array(16), 'parameters')).toThrow(/at least 32 bytes/);
  });
});
