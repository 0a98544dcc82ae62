import { ApiError, type ExportedParameter } from '@muster/aws-protocol';

import type { WholeParameter } from '../store/parameter-copies.js';
import { type Scope, parameterArn } from './parameter-name.js';

/** What documents of parameters say they are. It changes when an older reader would misunderstand them. */
export const DOCUMENT_FORMAT = 'muster.parameters/1';

/** Values of parameters, and where they lay. */
export interface ParameterDocument {
  /** What the names begin with; undefined where it is not said. */
  readonly path: string | undefined;
  readonly parameters: readonly (ExportedParameter & { readonly Name: string })[];
}

/** A parameter as documents have it. @param value in the clear; undefined: it stays sealed */
export function exported(scope: Scope, of: WholeParameter, value: string | undefined): ExportedParameter {
  return {
    Name: of.name,
    Type: of.type,
    ...(value === undefined ? { SealedValue: of.value } : { Value: value }),
    ARN: parameterArn(scope, of.path),
    Version: Number(of.number),
    ...(of.keyId === null ? {} : { KeyId: of.keyId }),
    ...(of.description === null ? {} : { Description: of.description }),
    ...(of.allowedPattern === null ? {} : { AllowedPattern: of.allowedPattern }),
    DataType: of.dataType,
    Tier: of.tier,
    ...(of.policies.length === 0 ? {} : { Policies: `[${of.policies.map(({ text }) => text).join(',')}]` }),
    ...(of.labels.length === 0 ? {} : { Labels: [...of.labels] }),
    ...(Object.keys(of.tags).length === 0 ? {} : { Tags: of.tags }),
  };
}

const TEXTS = [
  'Type',
  'Value',
  'SealedValue',
  'ARN',
  'KeyId',
  'Description',
  'AllowedPattern',
  'DataType',
  'Tier',
  'Policies',
] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXTS, 'Name', 'Version', 'Labels', 'Tags']);

/**
 * Reads a document. What it says of parameters is checked when they are put.
 * @throws ApiError InvalidParameterDocument naming what is wrong, and where
 */
export function parseParameterDocument(text: string): ParameterDocument {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    throw bad('it is not JSON');
  }
  if (!isRecord(root)) throw bad('it must be an object');
  if (root['Format'] !== DOCUMENT_FORMAT) throw bad(`Format must be "${DOCUMENT_FORMAT}"`);
  const { Path: path, Parameters: list } = root;
  if (path !== undefined && typeof path !== 'string') throw bad('Path must be a text');
  if (!Array.isArray(list)) throw bad('Parameters must be a list');
  return { path, parameters: list.map(readParameter) };
}

function readParameter(given: unknown, index: number): ExportedParameter & { Name: string } {
  const where = `Parameters[${index}]`;
  if (!isRecord(given)) throw bad(`${where} must be an object`);
  const { Name, Version, Labels, Tags } = given;
  if (typeof Name !== 'string') throw bad(`${where}.Name must be a text`);
  const unknown = Object.keys(given).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw bad(`${where} (${Name}) has ${unknown}, which is not known`);
  for (const key of TEXTS) {
    if (given[key] !== undefined && typeof given[key] !== 'string')
      throw bad(`${where}.${key} (${Name}) must be a text`);
  }
  if (!['String', 'StringList', 'SecureString'].includes(given['Type'] as string)) {
    throw bad(`${where}.Type (${Name}) must be String, StringList or SecureString`);
  }
  if (
    given['Tier'] !== undefined &&
    !['Standard', 'Advanced', 'Intelligent-Tiering'].includes(given['Tier'] as string)
  ) {
    throw bad(`${where}.Tier (${Name}) must be Standard, Advanced or Intelligent-Tiering`);
  }
  if ((given['Value'] === undefined) === (given['SealedValue'] === undefined)) {
    throw bad(`${where} (${Name}) must have either Value or SealedValue`);
  }
  if (Version !== undefined && typeof Version !== 'number') throw bad(`${where}.Version (${Name}) must be a number`);
  if (Labels !== undefined && !isListOfTexts(Labels)) throw bad(`${where}.Labels (${Name}) must be a list of texts`);
  if (Tags !== undefined && !(isRecord(Tags) && isListOfTexts(Object.values(Tags)))) {
    throw bad(`${where}.Tags (${Name}) must be texts by key`);
  }
  return given as unknown as ExportedParameter & { Name: string };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function bad(why: string): ApiError {
  return new ApiError('InvalidParameterDocument', `The document can't be imported: ${why}.`);
}
