import fc from 'fast-check';

import { ApiError } from '../api-error.js';
import type { Shapes } from '../api-model.js';
import { serviceIds, serviceModel } from '../service-model.js';
import { utf8 } from '../text.js';
import { compileJsonReaders } from './json-reader.js';
import { compileJsonWriters } from './json-writer.js';

const shapes: Shapes = {
  All: {
    type: 'structure',
    members: {
      Text: { shape: 'Text' },
      Number: { shape: 'Number' },
      Flag: { shape: 'Flag' },
      Time: { shape: 'Time' },
      Blob: { shape: 'Blob' },
      List: { shape: 'List' },
      Map: { shape: 'Map' },
      Again: { shape: 'All' },
    },
  },
  Text: { type: 'string' },
  Number: { type: 'integer' },
  Flag: { type: 'boolean' },
  Time: { type: 'timestamp' },
  Blob: { type: 'blob' },
  List: { type: 'list', member: { shape: 'Text' } },
  Map: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Time' } },
};

const values: fc.Arbitrary<object> = fc.letrec((tie) => ({
  all: fc.record(
    {
      Text: fc.string({ unit: 'binary' }),
      Number: fc.integer(),
      Flag: fc.boolean(),
      Time: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
      Blob: fc.uint8Array(),
      List: fc.array(fc.string()),
      Map: fc.dictionary(fc.string(), fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })),
      Again: fc.oneof({ maxDepth: 4 }, fc.constant({}), tie('all')),
    },
    { requiredKeys: [] },
  ),
})).all as fc.Arbitrary<object>;

describe('JSON bodies', () => {
  it('read back what was written', () => {
    const read = compileJsonReaders(shapes)('All');
    const write = compileJsonWriters(shapes)('All');
    fc.assert(
      fc.property(values, (value) => {
        expect(read(JSON.parse(JSON.stringify(write(value))), 0)).toEqual(value);
      }),
    );
  });

  it('either fit the shape or are refused, whatever they hold', () => {
    const operations = serviceIds()
      .map((id) => serviceModel(id))
      .filter((service) => service.protocol === 'json')
      .flatMap((service) => [...service.operations.values()]);
    fc.assert(
      fc.property(fc.constantFrom(...operations), fc.json({ maxDepth: 5 }), (operation, body) => {
        try {
          const input = operation.decode(utf8(body));
          operation.validate(input);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take `__proto__` for a key like any other', () => {
    const read = compileJsonReaders(shapes)('All');
    const value = read(JSON.parse('{"Map":{"__proto__":1}}'), 0) as { Map: object };
    expect(Object.keys(value.Map)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value.Map)).toBe(Object.prototype);
  });

  it('are refused when they nest deeper than anything sensible', () => {
    const deep = `${'{"Aggregators":['.repeat(100_000)}${']}'.repeat(100_000)}`;
    const operation = serviceModel('ssm').operations.get('GetInventory')!;
    expect(() => operation.decode(utf8(deep))).toThrow(expect.objectContaining({ code: 'SerializationException' }));
  });

  it('may be absent', () => {
    expect(serviceModel('ssm').operations.get('ListCommands')!.decode(new Uint8Array())).toEqual({});
  });
});
