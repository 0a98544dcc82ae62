import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean),
);

/** What parameters reads from its surroundings. */
export const parametersConfig = defineConfig('parameters', {
  versionsPerParameter: setting(
    z.coerce.number().int().min(1).max(100_000),
    'How many versions of a parameter are kept; the oldest goes when one more is put.',
    { default: 100 },
  ),
  standardParameters: setting(
    z.coerce.number().int().min(1).max(10_000_000),
    'How many standard parameters an account has in a region before Intelligent-Tiering makes new ones advanced. No limit on their number.',
    { default: 10_000 },
  ),
  parametersPerCall: setting(
    z.coerce.number().int().min(1).max(10_000),
    'How many parameters one call moves or imports at most.',
    { default: 1_000 },
  ),
  watchesPerAccount: setting(z.coerce.number().int().min(1), 'How many watches an account may have open.', {
    default: 2_000,
  }),
  watchesPerPrincipal: setting(z.coerce.number().int().min(1), 'How many watches a user or session may have open.', {
    default: 200,
  }),
  watchLeaseMinutes: setting(
    z.coerce.number().min(1).max(10_080),
    'How long a watch on the bus stays open unless it is renewed.',
    { default: 60 },
  ),
  publisherAccounts: setting(
    commaList.pipe(z.array(z.string().regex(/^\d{12}$/))),
    'Accounts whose principals may publish public parameters (/aws/service/…), if their policies allow it; comma-separated.',
    { default: [] },
  ),
  catalogues: setting(
    commaList.pipe(z.array(z.enum(['global-infrastructure']))),
    'Shipped catalogues of public parameters that are loaded, comma-separated; empty: none.',
    { default: ['global-infrastructure'] },
  ),
  resourcePoliciesPerParameter: setting(
    z.coerce.number().int().min(1).max(100),
    'How many resource policies a parameter may have.',
    { default: 10 },
  ),
  resourcePolicyBytes: setting(
    z.coerce.number().int().min(256).max(20_480),
    'How long a resource policy may be, in UTF-8.',
    { default: 1024 },
  ),
  imageCheckUrl: setting(
    z.url({ protocol: /^https?$/ }).optional(),
    'Where to ask whether a machine image is there before a parameter of data type aws:ec2:image has it. Without, an id that ' +
      'is well formed is believed.',
  ),
  imageCheckDeadlineMs: setting(
    z.coerce.number().int().min(100).max(60_000),
    'How long the answer to one such question is waited for.',
    { default: 5_000 },
  ),
});

/** The values of `parametersConfig`. */
export type ParametersConfig = ValuesOf<typeof parametersConfig>;
