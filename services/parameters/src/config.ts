import { type ValuesOf, defineConfig, setting, z } from '@muster/config';

/** What parameters reads from its surroundings. */
export const parametersConfig = defineConfig('parameters', {
  versionsPerParameter: setting(
    z.coerce.number().int().min(1).max(100_000),
    'How many versions of a parameter are kept; the oldest goes when one more is put.',
    { default: 100 },
  ),
});

/** The values of `parametersConfig`. */
export type ParametersConfig = ValuesOf<typeof parametersConfig>;
