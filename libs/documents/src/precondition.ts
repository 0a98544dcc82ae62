import { InvalidDocument } from './command-document.js';
import { interpolateText, type ParameterValues } from './interpolate.js';
import { isRecord, textsOf } from './reading.js';

/** When a step runs: both sides are equal. One side may be `platformType` or `{{ parameter }}`. */
export interface Precondition {
  readonly stringEquals: readonly [string, string];
}

/** What preconditions may ask about the node. */
export interface NodePlatform {
  /** Linux, Windows or MacOS. */
  readonly platformType: string;
}

/** Reads a step's `precondition`. @throws InvalidDocument */
export function parsePrecondition(body: unknown, where: string): Precondition | undefined {
  if (body === undefined) return undefined;
  const here = `${where}.precondition`;
  if (!isRecord(body) || Object.keys(body).join() !== 'StringEquals') {
    throw new InvalidDocument(`${here} knows StringEquals only.`);
  }
  const operands = textsOf(body, 'StringEquals', here);
  if (operands?.length !== 2) throw new InvalidDocument(`${here}.StringEquals needs exactly two strings.`);
  return { stringEquals: [operands[0] as string, operands[1] as string] };
}

/** Whether the step runs on this node with these parameters. */
export function holds(
  precondition: Precondition | undefined,
  platform: NodePlatform,
  parameters: ParameterValues,
): boolean {
  if (!precondition) return true;
  const valueOf = (operand: string) =>
    operand === 'platformType' ? platform.platformType : interpolateText(operand, parameters);
  const [left, right] = precondition.stringEquals;
  return valueOf(left) === valueOf(right);
}
