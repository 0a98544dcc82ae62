import fc from 'fast-check';

import { fromTypedJson, toTypedJson } from './typed-json.js';

const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$date', '$bytes', '$$date')), tie('value'), {
      noNullPrototype: true,
    }),
  ),
})).value;

describe('typed JSON', () => {
  it('gives back what it was given: dates, bytes and odd keys too', () => {
    fc.assert(fc.property(anything, (value) => expect(fromTypedJson(toTypedJson(value))).toEqual(value)));
  });
});
