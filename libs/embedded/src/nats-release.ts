/** The one version of nats-server that is installed where none is there that is new enough. */
export const natsRelease = {
  version: '2.12.15',
  module: 'github.com/nats-io/nats-server/v2',
  /** SHA-256 of `nats-server-v<version>-<platform>.tar.gz`, as the official images check it. */
  sha256: {
    'linux-amd64': '58ab8131f819263897e2fc38e503e1b755b63bcafeecc7d12582487df48ca15e',
    'linux-arm64': 'b724db99fefbf8f5c808baa82819ee50350aee9734017e4a478f7e545cef3ab6',
  } as Readonly<Record<string, string>>,
  url: (platform: string): string =>
    `https://github.com/nats-io/nats-server/releases/download/v2.12.15/nats-server-v2.12.15-${platform}.tar.gz`,
} as const;

/** From here on everything is there that Muster wants; older ones are used only when nothing else is to be had. */
export const goodVersion = '2.10.27';

/** The oldest that was tried: Debian 12's. */
export const oldestVersion = '2.9.10';
