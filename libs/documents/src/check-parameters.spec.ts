import { builtInDocument } from './built-in.js';
import { checkParameters, type GivenParameters } from './check-parameters.js';
import { parseCommandDocument } from './parse-command-document.js';

const runShellScript = builtInDocument('AWS-RunShellScript')!.document;
const declared = (parameters: object) =>
  parseCommandDocument(
    JSON.stringify({ schemaVersion: '2.2', parameters, mainSteps: [{ action: 'aws:runShellScript', name: 's' }] }),
  );

describe('parameters of a command', () => {
  it('are bound with the defaults of the document', () => {
    expect(checkParameters(runShellScript, { commands: ['date', 'id'] })).toEqual({
      ok: true,
      values: { commands: ['date', 'id'], workingDirectory: '', executionTimeout: '3600' },
    });
  });

  it('may be checked again after they were bound', () => {
    const bound = checkParameters(runShellScript, { commands: ['date'], executionTimeout: ['10'] });
    expect(bound.ok && checkParameters(runShellScript, bound.values)).toEqual(bound);
  });

  it.each<[string, GivenParameters, RegExp]>([
    ['an unknown name', { commands: ['date'], command: ['x'] }, /does not support the parameter command\./],
    ['a name of JavaScript', { commands: ['date'], constructor: ['x'] }, /does not support the parameter constructor/],
    ['a missing one', {}, /commands is required/],
    ['two values for a String', { commands: ['date'], workingDirectory: ['/a', '/b'] }, /workingDirectory is a String/],
    ['no value for a String', { commands: ['date'], workingDirectory: [] }, /workingDirectory is a String/],
    ['an empty script', { commands: [] }, /commands needs at least 1 items/],
    ['a time-out that is none', { commands: ['date'], executionTimeout: ['1h'] }, /executionTimeout must match/],
    ['a time-out of zero', { commands: ['date'], executionTimeout: ['0'] }, /executionTimeout must match/],
    ['a time-out beyond two days', { commands: ['date'], executionTimeout: ['172801'] }, /executionTimeout must match/],
    ['a pattern matched in part', { commands: ['date'], executionTimeout: ['10\n20'] }, /executionTimeout must match/],
  ])('are refused with %s', (_, given, problem) => {
    const checked = checkParameters(runShellScript, given);
    expect(checked).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  it.each<[string, object, string[], boolean]>([
    ['allowedValues', { type: 'String', allowedValues: ['a', 'b'] }, ['c'], false],
    ['allowedValues', { type: 'StringList', allowedValues: ['a', 'b'] }, ['b', 'a'], true],
    ['minChars', { type: 'String', minChars: 2 }, ['a'], false],
    ['maxChars', { type: 'StringList', maxChars: 2 }, ['ab', 'abc'], false],
    ['maxItems', { type: 'StringList', maxItems: 2 }, ['a', 'b', 'c'], false],
    ['maxItems', { type: 'StringList', maxItems: 2 }, ['a', 'b'], true],
  ])('keep to %s', (_, definition, given, ok) => {
    expect(checkParameters(declared({ p: definition }), { p: given }).ok).toBe(ok);
  });

  it('let the caller bound the patterns that users write', () => {
    const document = declared({ p: { type: 'String', allowedPattern: '(a+)+' } });
    expect(checkParameters(document, { p: ['b'] }, () => true).ok).toBe(true);
    expect(checkParameters(document, { p: ['a'] }, () => false).ok).toBe(false);
  });
});
