import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

const commaList = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.string().min(1)).min(1));

const base64Secret = z
  .string()
  .transform((text) => new Uint8Array(Buffer.from(text.trim(), 'base64')))
  .refine((bytes) => bytes.length >= 32, 'it must hold 32 bytes or more, as base64');

/** What registry reads from its surroundings. */
export const registryConfig = defineConfig('registry', {
  agentNatsUrls: setting(commaList, 'Servers of the bus as nodes reach them, comma-separated.'),
  agentCaFile: setting(
    z.string().min(1).optional(),
    'The CA that signed what nodes see of the bus, if not a public one.',
  ),
  fleetSecret: setting(base64Secret, "What the nodes' message keys are derived from.", { secret: true }),
  heartbeatEveryMs: setting(z.coerce.number().int().min(1000).max(300_000), 'How often a node says that it lives.', {
    default: 10_000,
  }),
  missedHeartbeats: setting(
    z.coerce.number().int().min(1).max(60),
    'After how many missed heartbeats a node is offline.',
    {
      default: 3,
    },
  ),
});

/** The values of `registryConfig`. */
export type RegistryConfig = ValuesOf<typeof registryConfig>;

/** How long a node may be silent before it counts as offline. */
export function silenceAllowedMs(config: Pick<RegistryConfig, 'heartbeatEveryMs' | 'missedHeartbeats'>): number {
  return config.heartbeatEveryMs * config.missedHeartbeats;
}
