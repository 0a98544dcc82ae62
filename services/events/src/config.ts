import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

const commaList = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.string().min(1)).min(1));

/** What events reads from its surroundings. */
export const eventsConfig = defineConfig('events', {
  extSigningSeed: setting(z.string().startsWith('SA'), 'Seed of the nkey that signs credentials of subscribers.', {
    secret: true,
  }),
  extAccount: setting(z.string().startsWith('A'), "Public key of the broker's account EXT."),
  subscriberNatsUrls: setting(commaList, 'Servers of the bus as subscribers reach them, comma-separated.'),
  subscriberCaFile: setting(
    z.string().min(1).optional(),
    'The CA that signed what subscribers see of the bus, if not a public one.',
  ),
  credentialDays: setting(
    z.coerce.number().int().min(1).max(3650),
    'How long the credential of a subscription lives.',
    {
      default: 90,
    },
  ),
  watchCredentialHours: setting(
    z.coerce.number().int().min(1).max(8760),
    'How long the credential of a watch lives; renewing the watch gives another.',
    { default: 24 },
  ),
  subscriptionsPerAccount: setting(z.coerce.number().int().min(1), 'How many subscriptions an account may have.', {
    default: 50,
  }),
});

/** The values of `eventsConfig`. */
export type EventsConfig = ValuesOf<typeof eventsConfig>;
