import fc from 'fast-check';

import { ApiError } from '../api-error.js';
import type { Shapes } from '../api-model.js';
import { serviceModel } from '../service-model.js';
import { compileValidators } from './validator.js';

/** The message about an input, or undefined when there is nothing to say. */
function complaint(operation: string, input: object, service: 'ssm' | 'muster' = 'ssm'): string | undefined {
  try {
    serviceModel(service).operations.get(operation)!.validate(input);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'ValidationException') throw error;
    return error.message;
  }
}

describe('validation', () => {
  it('lets a good input through', () => {
    expect(complaint('PutParameter', { Name: '/a', Value: 'b', Type: 'String' })).toBeUndefined();
  });

  it('names a missing member as AWS does', () => {
    expect(complaint('GetParameter', {})).toBe(
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    );
  });

  it('names all violations in one message', () => {
    expect(complaint('PutParameter', { Name: '', Type: 'Strin' })).toBe(
      "3 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value 'Strin' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [String, StringList, SecureString]; " +
        "Value null at 'value' failed to satisfy constraint: Member must not be null",
    );
  });

  it('reports what a list holds at the list, with every rule of its members', () => {
    expect(complaint('SendCommand', { DocumentName: 'doc', InstanceIds: ['i-12345678', 'x'] })).toBe(
      "1 validation error detected: Value '[i-12345678, x]' at 'instanceIds' failed to satisfy constraint: " +
        'Member must satisfy constraint: [Member must satisfy regular expression pattern: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)]',
    );
    expect(complaint('ListCommands', { MaxResults: 51 })).toBe(
      "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
    );
  });

  it('finds structures in lists by their place', () => {
    expect(
      complaint('SendCommand', { DocumentName: 'doc', Targets: [{ Key: 'InstanceIds', Values: ['a'] }, { Key: '' }] }),
    ).toBe(
      "1 validation error detected: Value '' at 'targets.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    expect(complaint('AddTagsToResource', { ResourceType: 'Parameter', ResourceId: 'a', Tags: [{ Value: 'v' }] })).toBe(
      "1 validation error detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
    );
  });

  it('counts lists and maps', () => {
    const message = complaint('SendCommand', { DocumentName: 'doc', InstanceIds: Array(51).fill('i-12345678') });
    expect(message).toMatch(
      /at 'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50$/,
    );
  });

  it('never repeats what is sensitive', () => {
    const secret = 'h'.repeat(300);
    const message = complaint(
      'EnrolNode',
      { ActivationId: 'x', ActivationCode: secret, PublicKey: 'U', Fingerprint: 'f', Proof: 'p' },
      'muster',
    );
    expect(message).toContain(
      "Value at 'activationCode' failed to satisfy constraint: Member must have length less than or equal to 250",
    );
    expect(message).not.toContain('hhh');
  });

  it('keeps an answer small, whatever it complains about', () => {
    const message = complaint('AddTagsToResource', {
      ResourceType: 'Parameter',
      ResourceId: 'a',
      Tags: Array(100_000).fill({ Key: 'k'.repeat(5000) }),
    });
    expect(message!.length).toBeLessThan(1_000_000);
  });

  it('counts characters, not UTF-16 units', () => {
    const shapes: Shapes = { In: { type: 'structure', members: { T: { shape: 'T' } } }, T: { type: 'string', max: 2 } };
    const validate = compileValidators(shapes)('In');
    expect(() => validate({ T: '😀😀' })).not.toThrow();
    expect(() => validate({ T: '😀😀😀' })).toThrow(/less than or equal to 2/);
  });

  it('checks keys and values of maps, and what lies in them', () => {
    const shapes: Shapes = {
      In: { type: 'structure', members: { M: { shape: 'M' } } },
      M: { type: 'map', key: { shape: 'K' }, value: { shape: 'V' } },
      K: { type: 'string', max: 2, min: 1 },
      V: { type: 'list', member: { shape: 'W' }, min: 1 },
      W: { type: 'structure', members: { X: { shape: 'K' } }, required: ['X'] },
    };
    const validate = compileValidators(shapes)('In');
    expect(() => validate({ M: { abc: [] } })).toThrow(
      "2 validation errors detected: Value '{abc=[]}' at 'm' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 2, Member must have length greater than or equal to 1]; " +
        "Value '{abc=[]}' at 'm' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length greater than or equal to 1]",
    );
    expect(() => validate({ M: { a: [{}] } })).toThrow(/Value null at 'm\.a\.member\.1\.member\.x'/);
  });

  it('follows shapes that hold themselves', () => {
    const ok = { Aggregators: [{ Expression: 'a', Aggregators: [{ Expression: 'b' }] }] };
    expect(complaint('GetInventory', ok)).toBeUndefined();
    expect(complaint('GetInventory', { Aggregators: [{ Aggregators: [{ Expression: '' }] }] })).toContain(
      "at 'aggregators.1.member.aggregators.1.member.expression'",
    );
  });

  it('says the same about a number as the model does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 100 }), (number) => {
        expect(complaint('ListCommands', { MaxResults: number }) === undefined).toBe(number >= 1 && number <= 50);
      }),
    );
  });
});
