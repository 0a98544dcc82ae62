import type { z } from 'zod';

/** One value that a service reads from its surroundings. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** What it is, for a person who runs Muster. */
  readonly sentence: string;
  /** Used when the variable is absent; without it the variable is required, unless the schema accepts `undefined`. */
  readonly default?: z.output<S>;
  /** Never shown, and readable from the file that `…_FILE` names, unless that is a setting of its own. */
  readonly secret: boolean;
  readonly alsoFromFile: boolean;
}

/**
 * Declares a setting. The schema gets text: `z.coerce.number()`, `z.string().transform(…)`. Units belong in the name
 * (`…Ms`, `…Bytes`).
 */
export function setting<S extends z.ZodType>(
  schema: S,
  sentence: string,
  options: { default?: z.output<S>; secret?: boolean; alsoFromFile?: boolean } = {},
): Setting<S> {
  return {
    schema,
    sentence,
    secret: options.secret ?? false,
    alsoFromFile: options.alsoFromFile ?? options.secret ?? false,
    ...('default' in options ? { default: options.default } : {}),
  };
}

/** Settings by their name in code. */
export type Settings = Readonly<Record<string, Setting>>;

/** The values that `readConfig` gives for these settings. */
export type ConfigOf<T extends Settings> = { readonly [K in keyof T]: z.output<T[K]['schema']> };
