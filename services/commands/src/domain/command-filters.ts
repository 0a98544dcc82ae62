/** What ListCommands and ListCommandInvocations can filter by, read. */
export interface CommandFilters {
  readonly invokedAfter: Date | null;
  readonly invokedBefore: Date | null;
  /** Status or StatusDetails. */
  readonly status: string | null;
  readonly documentName: string | null;
  /** Executing: not final. */
  readonly stage: 'Executing' | 'Complete' | null;
}

/** A filter that cannot be. The message is for the caller. */
export class BadFilter extends Error {
  override readonly name = 'BadFilter';
}

/** Reads filters. @throws BadFilter when one is there twice, or has a value that its key does not know */
export function commandFilters(given: readonly { readonly key: string; readonly value: string }[]): CommandFilters {
  const values = new Map<string, string>();
  for (const { key, value } of given) {
    if (values.has(key)) throw new BadFilter(`The filter ${key} is there twice.`);
    values.set(key, value);
  }
  return {
    invokedAfter: time(values, 'InvokedAfter'),
    invokedBefore: time(values, 'InvokedBefore'),
    status: values.get('Status') ?? null,
    documentName: values.get('DocumentName') ?? null,
    stage: stage(values.get('ExecutionStage')),
  };
}

function time(values: ReadonlyMap<string, string>, key: string): Date | null {
  const value = values.get(key);
  if (value === undefined) return null;
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) {
    throw new BadFilter(`The filter ${key} takes a time such as 2026-07-07T00:00:00Z, not ${value}.`);
  }
  return date;
}

function stage(value: string | undefined): 'Executing' | 'Complete' | null {
  if (value === undefined || value === 'Executing' || value === 'Complete') return value ?? null;
  throw new BadFilter(`The filter ExecutionStage is Executing or Complete, not ${value}.`);
}
