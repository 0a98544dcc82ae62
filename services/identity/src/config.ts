import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

/** What identity reads from its surroundings. */
export const identityConfig = defineConfig('identity', {
  rootKeyFile: setting(z.string().min(1), 'File of the root key under which the secrets of access keys are encrypted.'),
  fleetSigningSeed: setting(z.string().startsWith('SA'), 'Seed of the nkey that signs credentials of nodes.', {
    secret: true,
  }),
  fleetAccount: setting(z.string().startsWith('A'), "Public key of the broker's account FLEET."),
  bootstrapFile: setting(
    z.string().min(1).optional(),
    'File with the first account and its administrator: {account, userName, accessKeyId, secretAccessKey}. Read once.',
  ),
  nodeCredentialDays: setting(
    z.coerce.number().int().min(1).max(365),
    'How long the broker credential of a node lives.',
    {
      default: 30,
    },
  ),
  accessKeysPerUser: setting(z.coerce.number().int().min(1), 'How many access keys a user may have.', { default: 2 }),
});

/** The values of `identityConfig`. */
export type IdentityConfig = ValuesOf<typeof identityConfig>;
