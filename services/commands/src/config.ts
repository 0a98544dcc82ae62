import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

const count = z.coerce.number().int().positive();

export const config = defineConfig('commands', {
  fleetSecret: setting(
    z
      .string()
      .transform((text) => new Uint8Array(Buffer.from(text.trim(), 'base64url')))
      .refine((bytes) => bytes.length >= 32, 'must be at least 32 bytes in base64'),
    'The secret, in base64, from which the keys of all nodes are derived; the same as the registry has.',
    { secret: true },
  ),
  leaseMs: setting(count, 'How long a request may stay unanswered before it is sent again with the same id.', {
    default: 30_000,
  }),
  answerWithinMs: setting(count, 'How long a node may take to put a request into its journal and say so.', {
    default: 15_000,
  }),
  requestsInFlight: setting(count, 'Requests to nodes that may wait for their answers at the same time.', {
    default: 2_000,
  }),
  batch: setting(count, 'Invocations that one pass of the gate marks as sent.', { default: 500 }),
  graceMs: setting(count, 'How long after ExpiresAfter a report from a node is still waited for.', {
    default: 5 * 60_000,
  }),
  outputLimitBytes: setting(count, 'Bytes of stdout, and of stderr, that are kept of one step on one node.', {
    default: 16 * 1024 * 1024,
  }),
  outputGapMs: setting(count, 'How long after the end of an invocation missing parts of its output are waited for.', {
    default: 10 * 60_000,
  }),
});

export type CommandsConfig = ValuesOf<typeof config>;
