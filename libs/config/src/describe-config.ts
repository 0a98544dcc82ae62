import { type ConfigDefinition, variableOf } from './define-config.js';

/** One setting as docs/operations shows it. */
export interface DescribedSetting {
  readonly variable: string;
  /** Where a secret may be read from instead. */
  readonly fileVariable?: string;
  readonly sentence: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly secret: boolean;
}

/** The settings of a definition for documentation, in their order. */
export function describeConfig(definition: ConfigDefinition): DescribedSetting[] {
  return Object.entries(definition.settings).map(([name, each]) => {
    const variable = variableOf(definition.prefix, name);
    return {
      variable,
      ...(each.alsoFromFile ? { fileVariable: `${variable}_FILE` } : {}),
      sentence: each.sentence,
      required: !('default' in each) && !each.schema.safeParse(undefined).success,
      ...('default' in each ? { default: each.default } : {}),
      secret: each.secret,
    };
  });
}
