import { createNkey } from '@muster/keys';

import { provesPossession } from './enrolment-proof.js';

describe('an enrolment', () => {
  const node = createNkey('user');
  const claim = (more: object = {}) => {
    const said = { ActivationId: 'an-activation', PublicKey: node.publicKey, Fingerprint: 'machine-1', ...more };
    const text = `muster-enrol\n${said.ActivationId}\n${said.PublicKey}\n${said.Fingerprint}`;
    return { ...said, Proof: Buffer.from(node.sign(Buffer.from(text))).toString('base64') };
  };

  it('proves that the sender has the seed', () => {
    expect(provesPossession(claim())).toBe(true);
  });

  it('proves nothing about another key, activation or machine', () => {
    expect(provesPossession({ ...claim(), PublicKey: createNkey('user').publicKey })).toBe(false);
    expect(provesPossession({ ...claim(), ActivationId: 'another' })).toBe(false);
    expect(provesPossession({ ...claim(), Fingerprint: 'machine-2' })).toBe(false);
    expect(provesPossession({ ...claim(), Proof: 'rubbish' })).toBe(false);
    expect(provesPossession(claim({ PublicKey: 'UBROKEN' }))).toBe(false);
  });
});
