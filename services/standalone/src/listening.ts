import { networkInterfaces } from 'node:os';

/** Where the listeners of this deployment are, and how they are reached. */
export interface Listening {
  /** What they bind to. */
  readonly host: string;
  /** How this machine reaches them. */
  readonly local: string;
  /** How others reach them. */
  readonly public: readonly string[];
  readonly tls: boolean;
}

/** @param address what `--listen` said; undefined: loopback, without TLS */
export function listeningOn(
  address: string | undefined,
  addresses: readonly string[] = externalAddresses(),
): Listening {
  if (address === undefined) return { host: '127.0.0.1', local: '127.0.0.1', public: ['127.0.0.1'], tls: false };
  if (address === '0.0.0.0' || address === '::') {
    const reachable = addresses.filter((each) => address === '::' || !each.includes(':'));
    return { host: address, local: '127.0.0.1', public: reachable.length > 0 ? reachable : ['127.0.0.1'], tls: true };
  }
  return { host: address, local: address, public: [address], tls: true };
}

/** `10.0.0.1:8480`, `[fd00::1]:8480` */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The addresses of this machine on which others may find it; link-local ones need a zone and are left out. */
function externalAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}
