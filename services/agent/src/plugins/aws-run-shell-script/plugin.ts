import { defaultTimeoutSeconds, longestTimeoutSeconds } from '@muster/documents';
import { z } from 'zod';

import type { Plugin } from '../plugin.js';

const seconds = z.coerce.number().int().min(1).max(longestTimeoutSeconds);

const runShellScriptInput = z.object({
  runCommand: z.union([z.string().transform((line) => [line]), z.array(z.string())]),
  workingDirectory: z.string().default(''),
  // A document may hand an empty text through: it means the default.
  timeoutSeconds: z
    .union([z.literal('').transform(() => defaultTimeoutSeconds), seconds])
    .default(defaultTimeoutSeconds),
});

/** Runs all lines as one script, under `sh` unless its first line names another interpreter. */
export const runShellScript: Plugin<z.output<typeof runShellScriptInput>> = {
  name: 'aws:runShellScript',
  platforms: ['Linux'],
  inputs: runShellScriptInput,
  async run(input, step) {
    const outcome = await step.exec({
      text: `${input.runCommand.join('\n')}\n`,
      workingDirectory: input.workingDirectory,
      timeoutSeconds: input.timeoutSeconds,
    });
    return outcome.exitCode === 0 ? step.succeeded(outcome) : step.failed(outcome);
  },
};
