import type { CommandDocument, CommandStep } from './command-document.js';
import { interpolate, type ParameterValues } from './interpolate.js';

/** Seconds that a step may run when it does not say: an hour, as in AWS. */
export const defaultTimeoutSeconds = 3600;

/** Two days: the longest that AWS accepts. */
export const longestTimeoutSeconds = 172_800;

/** How long the document may run on a node, in seconds: the sum of its steps. */
export function executionTimeoutOf(document: CommandDocument, values: ParameterValues): number {
  return document.steps.reduce((sum, step) => sum + stepTimeoutOf(step, values), 0);
}

/** How long one step may run, in seconds. What is not a number between 1 and two days counts as the default. */
export function stepTimeoutOf(step: CommandStep, values: ParameterValues): number {
  const given = interpolate(step.inputs['timeoutSeconds'] ?? null, values);
  const seconds = typeof given === 'number' || typeof given === 'string' ? Number(given) : NaN;
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTimeoutSeconds
    ? seconds
    : defaultTimeoutSeconds;
}
