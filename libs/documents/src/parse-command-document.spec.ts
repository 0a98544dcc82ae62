import fc from 'fast-check';
import { builtInDocument, builtInDocuments } from './built-in.js';
import { InvalidDocument } from './command-document.js';
import { executionTimeoutOf } from './execution-timeout.js';
import { parseCommandDocument } from './parse-command-document.js';
import { holds } from './precondition.js';

const step = { action: 'aws:runShellScript', name: 'one', inputs: { runCommand: ['date'] } };
const aDocument = (over: object) => JSON.stringify({ schemaVersion: '2.2', mainSteps: [step], ...over });

describe('a Command document', () => {
  it('is read with its steps in order', () => {
    const document = parseCommandDocument(
      aDocument({
        description: 'two',
        mainSteps: [step, { ...step, name: 'two', inputs: { onFailure: 'exit', finallyStep: 'true' } }],
      }),
    );
    expect(document.steps.map(({ name, onFailure, finallyStep }) => ({ name, onFailure, finallyStep }))).toEqual([
      { name: 'one', onFailure: undefined, finallyStep: false },
      { name: 'two', onFailure: 'exit', finallyStep: true },
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['rubbish', '{', /not JSON/],
    ['a list', '[]', /JSON object/],
    ['another schema', aDocument({ schemaVersion: '1.2' }), /schemaVersion must be "2.2", not "1.2"/],
    ['no steps', aDocument({ mainSteps: [] }), /at least one step/],
    ['a step without plugin', aDocument({ mainSteps: [{ name: 'a' }] }), /mainSteps\[0\].action is missing/],
    ['a step without name', aDocument({ mainSteps: [{ action: 'a' }] }), /mainSteps\[0\].name/],
    ['two steps of one name', aDocument({ mainSteps: [step, step] }), /Two steps are named one/],
    ['a parameter of unknown type', aDocument({ parameters: { p: { type: 'Map' } } }), /parameters.p.type/],
    [
      'a default of the wrong type',
      aDocument({ parameters: { p: { type: 'StringList', default: 'x' } } }),
      /p.default/,
    ],
    ['a broken pattern', aDocument({ parameters: { p: { type: 'String', allowedPattern: '(' } } }), /allowedPattern/],
    [
      'a precondition it does not know',
      aDocument({ mainSteps: [{ ...step, precondition: { StringLike: [] } }] }),
      /StringEquals only/,
    ],
    ['a strange onFailure', aDocument({ mainSteps: [{ ...step, inputs: { onFailure: 'continue' } }] }), /onFailure/],
  ])('is refused with %s', (_, content, problem) => {
    expect(() => parseCommandDocument(content)).toThrow(problem);
    expect(() => parseCommandDocument(content)).toThrow(InvalidDocument);
  });

  it('fails in one way only, whatever the JSON is', () => {
    const values = fc.jsonValue();
    const shapes = fc.record({ schemaVersion: fc.constant('2.2'), parameters: values, mainSteps: fc.array(values) });
    fc.assert(
      fc.property(fc.oneof(values, shapes), (value) => {
        try {
          parseCommandDocument(JSON.stringify(value));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidDocument);
        }
      }),
    );
  });
});

describe('a precondition', () => {
  const linux = { platformType: 'Linux' };
  it.each<[string, [string, string], boolean]>([
    ['the platform', ['platformType', 'Linux'], true],
    ['the platform, the other way round', ['Linux', 'platformType'], true],
    ['another platform', ['platformType', 'Windows'], false],
    ['a parameter', ['{{ mode }}', 'fast'], true],
    ['a parameter that differs', ['{{ mode }}', 'slow'], false],
  ])('asks for %s', (_, stringEquals, expected) => {
    expect(holds({ stringEquals }, linux, { mode: 'fast' })).toBe(expected);
  });
});

describe('AWS-RunShellScript', () => {
  const { document } = builtInDocument('AWS-RunShellScript')!;

  it('is there, and nothing else is', () => {
    expect(builtInDocuments().map(({ name }) => name)).toEqual(['AWS-RunShellScript']);
    expect(builtInDocument('AWS-RunPowerShellScript')).toBeUndefined();
  });

  it.each<[string, number]>([
    ['3600', 3600],
    ['5', 5],
    ['nonsense', 3600],
  ])('may run for executionTimeout %s', (executionTimeout, seconds) => {
    expect(executionTimeoutOf(document, { commands: [], workingDirectory: '', executionTimeout })).toBe(seconds);
  });
});
