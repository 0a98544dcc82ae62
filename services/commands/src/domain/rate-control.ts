/**
 * How many invocations may be under way at once. A percentage is of the targets, rounded down, at least one.
 * @param maxConcurrency `50` or `10%`, as validated by the API model
 */
export function concurrencyLimit(maxConcurrency: string, targets: number): number {
  return Math.max(1, amountOf(maxConcurrency, targets));
}

/** How many errors are put up with: one more stops the command. A percentage is of the targets, rounded down. */
export function errorLimit(maxErrors: string, targets: number): number {
  return amountOf(maxErrors, targets);
}

function amountOf(text: string, targets: number): number {
  return text.endsWith('%') ? Math.floor((Number(text.slice(0, -1)) * targets) / 100) : Number(text);
}
