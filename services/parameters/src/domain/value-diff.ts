import type { ParameterType } from '@aws-sdk/client-ssm';
import type { ParameterValueDiff } from '@muster/aws-protocol';

import { lineDiff } from './line-diff.js';

/** A value to be compared; undefined where it must not be shown. */
export interface ComparedValue {
  readonly type: ParameterType;
  readonly value: string | undefined;
}

/**
 * What differs between two values, line by line: JSON by members in their order of names, lists by items, all else by lines.
 * A value that must not be shown is neither shown nor compared.
 */
export function valueDiff(from: ComparedValue, to: ComparedValue): ParameterValueDiff {
  if (from.value === undefined || to.value === undefined) return { Form: 'Hidden' };
  const Changed = from.value !== to.value;
  const asJson = [jsonLines(from.value), jsonLines(to.value)] as const;
  if (asJson[0] && asJson[1]) return { Changed, Form: 'Json', Lines: lineDiff(asJson[0], asJson[1]) };
  if (from.type === 'StringList' && to.type === 'StringList') {
    return { Changed, Form: 'List', Lines: lineDiff(from.value.split(','), to.value.split(',')) };
  }
  return { Changed, Form: 'Text', Lines: lineDiff(from.value.split('\n'), to.value.split('\n')) };
}

/** Only objects and lists: a number or a word is a text like any other. */
function jsonLines(text: string): string[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(inOrder(JSON.parse(text)), undefined, 2).split('\n');
  } catch {
    return undefined;
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, inOrder(each)]));
}
