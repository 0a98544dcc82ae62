import { CallMac, deriveGatewayKey } from './call-mac.js';

/** For the gateway: the seal for each service. */
export class CallSeals {
  private readonly known = new Map<string, CallMac>();

  /** @param secret of the gateway; undefined in services that ask no operation */
  constructor(private readonly secret: Uint8Array | undefined) {}

  /** @throws when this service has no secret: then it must not ask operations */
  for(service: string): CallMac {
    if (!this.secret) throw new Error('only the gateway may ask operations: this service has no secret of it');
    let mac = this.known.get(service);
    if (!mac) this.known.set(service, (mac = new CallMac(deriveGatewayKey(this.secret, service))));
    return mac;
  }
}
