import { readFileSync } from 'node:fs';

import { type ConfigDefinition, variableOf } from './define-config.js';
import { definitions } from './effective.js';
import type { Environment } from './environment.js';
import type { ConfigOf, Setting, Settings } from './setting.js';

/** The surroundings hold values that a service cannot start with: all of them, each with what to do. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n${problems.map((each) => `  - ${each}`).join('\n')}`);
  }
}

/**
 * Reads a definition's variables once. An empty variable counts as absent.
 * @throws BadConfig with every problem at once
 */
export function readConfig<T extends Settings>(definition: ConfigDefinition<T>, env: Environment): ConfigOf<T> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(definition.settings)) {
    const variable = variableOf(definition.prefix, name);
    try {
      values[name] = valueOf(each, variable, env);
    } catch (problem) {
      problems.push(problem instanceof Error ? problem.message : String(problem));
    }
  }
  if (problems.length > 0) throw new BadConfig(problems);

  const config = Object.freeze(values) as ConfigOf<T>;
  definitions.set(config, definition);
  return config;
}

function valueOf(each: Setting, variable: string, env: Environment): unknown {
  const text = textOf(each, variable, env);
  if (text === undefined && 'default' in each) return each.default;

  const parsed = each.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  if (text === undefined) {
    const or = each.alsoFromFile ? ` (or ${variable}_FILE)` : '';
    throw new Error(`${variable}${or} is missing: ${each.sentence}`);
  }
  // The value itself is left out: it may be a secret that stands in the wrong variable.
  throw new Error(`${variable} is not valid: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
}

function textOf(each: Setting, variable: string, env: Environment): string | undefined {
  const direct = env[variable] || undefined;
  const file = each.alsoFromFile ? env[`${variable}_FILE`] || undefined : undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new Error(`${variable} and ${variable}_FILE are both set: set one of them`);
  try {
    // Editors and `kubectl create secret` end files with a line break that is no part of the secret.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`${variable}_FILE names ${file}, which cannot be read (${reason})`, { cause });
  }
}
