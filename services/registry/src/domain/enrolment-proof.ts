import { verifyNkey } from '@muster/keys';

/** What the node signs, so that nobody registers a key of which he does not have the seed. */
interface Claim {
  readonly ActivationId: string;
  readonly PublicKey: string;
  readonly Fingerprint: string;
  /** Base64 of the signature. */
  readonly Proof: string;
}

/** Whether the sender of an enrolment has the seed of the public key, and meant this activation and this machine. */
export function provesPossession(claim: Claim): boolean {
  const signed = `muster-enrol\n${claim.ActivationId}\n${claim.PublicKey}\n${claim.Fingerprint}`;
  return verifyNkey('user', claim.PublicKey, Buffer.from(signed, 'utf8'), Buffer.from(claim.Proof, 'base64'));
}
