import { type CommandDocument, type CommandStep, InvalidDocument, type Json } from './command-document.js';
import { parseParameterDefinitions } from './parameter-definition.js';
import { parsePrecondition } from './precondition.js';
import { booleanOf, isRecord, textOf } from './reading.js';

/** Parses a Command document of schema 2.2 from JSON text. @throws InvalidDocument */
export function parseCommandDocument(content: string): CommandDocument {
  const body = parseJson(content);
  if (!isRecord(body)) throw new InvalidDocument('A document is a JSON object.');
  if (body['schemaVersion'] !== '2.2') {
    throw new InvalidDocument(`schemaVersion must be "2.2", not ${JSON.stringify(body['schemaVersion'])}.`);
  }
  const mainSteps = body['mainSteps'];
  if (!Array.isArray(mainSteps) || mainSteps.length === 0) {
    throw new InvalidDocument('mainSteps must be a list with at least one step.');
  }
  const steps = mainSteps.map(parseStep);
  refuseDoubledNames(steps);
  return {
    schemaVersion: '2.2',
    description: textOf(body, 'description', 'document'),
    parameters: parseParameterDefinitions(body['parameters']),
    steps,
  };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new InvalidDocument('The document is not JSON.', { cause });
  }
}

function parseStep(body: unknown, index: number): CommandStep {
  const where = `mainSteps[${index}]`;
  if (!isRecord(body)) throw new InvalidDocument(`${where} must be an object.`);
  const action = textOf(body, 'action', where);
  const name = textOf(body, 'name', where);
  if (!action) throw new InvalidDocument(`${where}.action is missing: name the plugin, such as aws:runShellScript.`);
  if (!name || !/^[A-Za-z0-9_-]{1,128}$/.test(name)) {
    throw new InvalidDocument(`${where}.name must be 1 to 128 letters, digits, '_' or '-'.`);
  }
  const inputs = body['inputs'] ?? {};
  if (!isRecord(inputs)) throw new InvalidDocument(`${where}.inputs must be an object.`);
  return {
    name,
    action,
    precondition: parsePrecondition(body['precondition'], where),
    inputs: inputs as CommandStep['inputs'],
    onFailure: onFailureOf(inputs as Record<string, Json>, where),
    finallyStep: booleanOf(inputs, 'finallyStep', `${where}.inputs`) ?? false,
  };
}

function onFailureOf(inputs: Readonly<Record<string, unknown>>, where: string): CommandStep['onFailure'] {
  const value = textOf(inputs, 'onFailure', `${where}.inputs`);
  if (value === undefined || value === 'exit' || value === 'successAndExit') return value;
  throw new InvalidDocument(`${where}.inputs.onFailure must be exit or successAndExit.`);
}

function refuseDoubledNames(steps: readonly CommandStep[]): void {
  const seen = new Set<string>();
  for (const { name } of steps) {
    if (seen.has(name)) throw new InvalidDocument(`Two steps are named ${name}; each needs a name of its own.`);
    seen.add(name);
  }
}
