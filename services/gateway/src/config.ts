import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** What the gateway reads from its surroundings. */
export const gatewayConfig = defineConfig('gateway', {
  host: setting(z.string(), 'Address to listen on.', { default: '127.0.0.1' }),
  port: setting(whole(0, 65_535), 'Port to listen on; 0 takes any that is free.', { default: 4566 }),
  tlsCertificateFile: setting(
    z.string().optional(),
    'Certificate chain (PEM); with it and the key only TLS is spoken.',
  ),
  tlsKeyFile: setting(z.string().optional(), 'Private key (PEM) of the certificate.'),
  callDeadlineMs: setting(whole(100, 300_000), 'How long a call may take, from its last byte to its answer.', {
    // What a killed service had taken is answered with 503 after this long; the client's retry then finds its answer.
    default: 15_000,
  }),
  bodyTimeoutMs: setting(whole(100, 300_000), 'How long a client may take to send its whole request.', {
    default: 30_000,
  }),
  headersTimeoutMs: setting(whole(100, 60_000), 'How long a client may take to send its headers.', { default: 10_000 }),
  bodyLimitBytes: setting(whole(1024, 524_288), 'Largest body; what is larger is refused.', { default: 524_288 }),
  headerLimitBytes: setting(whole(4096, 131_072), 'Largest sum of all headers.', { default: 32_768 }),
  maxInFlight: setting(whole(1, 100_000), 'Most calls at once; more are told to come again.', { default: 1_000 }),
  maxStreams: setting(whole(0, 100_000), 'Most streams that are open at once; more are told to come again.', {
    default: 2_000,
  }),
  streamHeartbeatMs: setting(whole(100, 300_000), 'How often a reader of a stream is told that it is still there.', {
    // Shorter than the idle time after which proxies usually cut.
    default: 10_000,
  }),
  streamRenewMs: setting(whole(100, 30_000), 'How often the service is asked whether a stream may go on.', {
    default: 15_000,
  }),
  streamUnreadBytes: setting(whole(1024, 67_108_864), 'How much a reader may leave unread before it is cut off.', {
    default: 1_048_576,
  }),
  maxConnections: setting(whole(1, 100_000), 'Most connections at once.', { default: 10_000 }),
});

/** The values of `gatewayConfig`. */
export type GatewayConfig = Readonly<ValuesOf<typeof gatewayConfig>>;
