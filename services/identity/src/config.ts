import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

function quota(text: string, usual: number) {
  return setting(z.coerce.number().int().min(1), text, { default: usual });
}

/** What identity reads from its surroundings. */
export const identityConfig = defineConfig('identity', {
  rootKeyFile: setting(
    z.string().min(1).optional(),
    'File of the root key under which all secrets are encrypted: 32 bytes as base64. Made at the first start.',
  ),
  rootKey: setting(z.string().min(1).optional(), 'The root key itself, as base64, instead of a file.', {
    secret: true,
    // That is a setting of its own: it can be made.
    alsoFromFile: false,
  }),
  olderRootKeys: setting(
    z
      .string()
      .transform((text) => text.split(/[\s,]+/).filter(Boolean))
      .optional(),
    'Root keys that still open what they encrypted, comma-separated; it is brought under the root key meanwhile.',
    { secret: true },
  ),
  fleetSigningSeed: setting(z.string().startsWith('SA'), 'Seed of the nkey that signs credentials of nodes.', {
    secret: true,
  }),
  fleetAccount: setting(z.string().startsWith('A'), "Public key of the broker's account FLEET."),
  bootstrapFile: setting(
    z.string().min(1).optional(),
    'File with the first account and its administrator: {account, userName, accessKeyId, secretAccessKey, sandbox}. Read once.',
  ),
  nodeCredentialDays: setting(
    z.coerce.number().int().min(1).max(365),
    'How long the broker credential of a node lives.',
    {
      default: 30,
    },
  ),
  accessKeysPerUser: quota('How many access keys a user may have.', 2),
  usersPerAccount: quota('How many users an account may have.', 5000),
  groupsPerAccount: quota('How many groups an account may have.', 300),
  rolesPerAccount: quota('How many roles an account may have.', 1000),
  policiesPerAccount: quota('How many managed policies an account may make.', 1500),
  groupsPerUser: quota('In how many groups a user may be.', 10),
  policiesPerPrincipal: quota('How many managed policies may be attached to a user, group or role.', 10),
  versionsPerPolicy: quota('How many versions of a managed policy are kept.', 5),
  managedPolicyBytes: quota('Largest managed policy, white space not counted.', 6144),
  userPolicyBytes: quota('Largest sum of the inline policies of a user, white space not counted.', 2048),
  groupPolicyBytes: quota('Largest sum of the inline policies of a group, white space not counted.', 5120),
  rolePolicyBytes: quota('Largest sum of the inline policies of a role, white space not counted.', 10240),
  trustPolicyBytes: quota('Largest trust policy of a role, white space not counted.', 2048),
  sessionPolicyBytes: quota('Largest sum of the policies of a session.', 16384),
});

/** The values of `identityConfig`. */
export type IdentityConfig = ValuesOf<typeof identityConfig>;
