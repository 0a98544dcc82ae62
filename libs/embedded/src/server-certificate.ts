import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

import { createAuthority, issueServerCertificate, pinOf } from '@muster/keys';

import { writeSecret } from './secret-files.js';

/** What listeners off loopback need. */
export interface ServerCertificate {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Fingerprint of the CA, for people to compare and agents to pin. */
  readonly pin: string;
}

/** Less than this left, and a new one is issued at the start. */
const renewBeforeMs = 60 * 86_400_000;

/**
 * The deployment's own CA and a server certificate for these names and addresses, under `<home>/keys/tls`. Issued anew by
 * the same CA when the hosts have changed or it ends within two months.
 */
export async function ensureServerCertificate(
  home: string,
  hosts: readonly [string, ...string[]],
  now = new Date(),
): Promise<ServerCertificate> {
  const folder = join(home, 'keys', 'tls');
  const file = (name: string): string => join(folder, name);
  const [caFile, caKeyFile, certificateFile, keyFile] = [
    file('ca.crt'),
    file('ca.key'),
    file('server.crt'),
    file('server.key'),
  ];
  if (!existsSync(caFile) || !existsSync(caKeyFile)) {
    const authority = await createAuthority('Muster CA', now);
    writeSecret(caKeyFile, authority.key);
    writeSecret(caFile, authority.certificate);
  }
  const authority = { certificate: readFileSync(caFile, 'utf8'), key: readFileSync(caKeyFile, 'utf8') };
  if (!isGood(certificateFile, keyFile, authority.certificate, hosts, now)) {
    const server = await issueServerCertificate(authority, hosts, { now });
    writeSecret(keyFile, server.key);
    // The CA goes with it: a machine that knows nothing but its fingerprint finds it there.
    writeSecret(certificateFile, `${server.certificate}${authority.certificate}`);
  }
  return { caFile, certificateFile, keyFile, pin: pinOf(authority.certificate) };
}

function isGood(certificateFile: string, keyFile: string, ca: string, hosts: readonly string[], now: Date): boolean {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return false;
  const chain = readFileSync(certificateFile, 'utf8');
  const certificate = new X509Certificate(chain);
  const covers = (host: string): boolean =>
    (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
  return (
    chain.endsWith(ca) &&
    certificate.verify(new X509Certificate(ca).publicKey) &&
    Date.parse(certificate.validTo) - now.getTime() > renewBeforeMs &&
    hosts.every(covers)
  );
}
