/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process: the only place that reads `process.env`. */
export function environment(): Environment {
  return process.env;
}
