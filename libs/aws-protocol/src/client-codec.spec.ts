import { clientCodec } from './client-codec.js';
import { serviceModel } from './service-model.js';

describe("the client's side", () => {
  const operation = serviceModel('muster').operations.get('EnrolNode')!;

  it('sends what the service reads, and reads what the service sends', () => {
    const client = clientCodec(operation);
    expect(client.target).toBe('Muster.EnrolNode');
    const input = { ActivationId: 'a', Fingerprint: 'f' };
    expect(operation.decode(client.encodeInput(input))).toEqual(input);

    const output = { NodeId: 'mi-1', NodeKey: Uint8Array.of(1, 2, 3), CredentialExpiresAt: new Date(1_000) };
    expect(client.decodeOutput(operation.encode(output, 'r').body)).toEqual(output);
    expect(client.decodeOutput(new Uint8Array())).toEqual({});
  });

  it('is offered for awsJson alone', () => {
    expect(() => clientCodec(serviceModel('sts').operations.get('GetCallerIdentity')!)).toThrow(TypeError);
  });
});
