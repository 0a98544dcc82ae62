import { fromBinary } from '@bufbuild/protobuf';
import { type Invoke, InvokeSchema } from '@muster/contracts';
import {
  checkParameters,
  type CommandDocument,
  type GivenParameters,
  holds,
  InvalidDocument,
  type ParameterValues,
  parseCommandDocument,
} from '@muster/documents';

import type { Plugin } from '../plugins/plugin.js';
import type { InvocationAccepted } from './journal-record.js';

/** A request that can be carried out: its document and parameters are sound. */
export interface ReadInvoke {
  readonly document: CommandDocument;
  readonly values: ParameterValues;
}

/** The message as it lies in the journal. */
export function invokeOf(accepted: Pick<InvocationAccepted, 'invoke'>): Invoke {
  return fromBinary(InvokeSchema, Buffer.from(accepted.invoke, 'base64'));
}

/** Parses and checks. The text says what is wrong. */
export function readInvoke(invoke: Invoke): ReadInvoke | string {
  try {
    const document = parseCommandDocument(invoke.document);
    const checked = checkParameters(document, givenParameters(invoke.parameters));
    return checked.ok ? { document, values: checked.values } : checked.problem;
  } catch (error) {
    if (error instanceof InvalidDocument) return `The document cannot be run: ${error.message}`;
    throw error;
  }
}

/** The plugin that a step needs and this node does not have, if any. Steps for other platforms need none. */
export function missingPlugin(
  { document, values }: ReadInvoke,
  platformType: string,
  plugins: ReadonlyMap<string, Plugin>,
): string | undefined {
  const needed = document.steps.filter((step) => holds(step.precondition, { platformType }, values));
  return needed.find(({ action }) => !plugins.has(action))?.action;
}

function givenParameters(text: string): GivenParameters {
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidDocument('its parameters are not JSON.', { cause });
  }
  const isValue = (item: unknown) =>
    typeof item === 'string' || (Array.isArray(item) && item.every((text) => typeof text === 'string'));
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isValue)) {
    return value as GivenParameters;
  }
  throw new InvalidDocument('its parameters must be an object of strings and lists of strings.');
}
