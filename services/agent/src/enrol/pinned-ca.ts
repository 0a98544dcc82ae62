import { connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';

/** A fingerprint as people write it: hex, with or without colons and `sha256:`. @throws when it is none */
export function parsePin(text: string): string {
  const hex = text
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new Error('--ca-pin must be the SHA-256 fingerprint of the CA: 64 hex digits.');
  return hex;
}

/**
 * The pinned CA's certificate, PEM, as the server presents it. Nothing is sent on this connection; whoever uses the certificate verifies the
 * server against it in the usual way.
 * @throws when the server presents no certificate with that fingerprint
 */
export function fetchPinnedCa(url: URL, pin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port || 443),
      servername: /^[\d.]+$|:/.test(url.hostname) ? undefined : url.hostname,
      // Only to look at what is presented.
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    socket.once('timeout', () => socket.destroy(new Error('the server does not answer')));
    socket.once('error', (cause) => reject(new Error(`${url.host} cannot be reached: ${cause.message}`, { cause })));
    socket.once('secureConnect', () => {
      const chain = chainOf(socket.getPeerCertificate(true));
      socket.destroy();
      const ca = chain.find((certificate) => certificate.fingerprint256.replaceAll(':', '').toLowerCase() === pin);
      if (ca) resolve(pem(ca));
      else
        reject(
          new Error(
            `${url.host} shows no CA with the pinned fingerprint. Compare the pin with what the server's operator says; do not go on without it.`,
          ),
        );
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  // A root names itself as its issuer.
  for (
    let next: DetailedPeerCertificate | undefined = leaf;
    next?.raw && !chain.includes(next);
    next = next.issuerCertificate
  ) {
    chain.push(next);
  }
  return chain;
}

function pem({ raw }: DetailedPeerCertificate): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
