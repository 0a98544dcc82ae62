import fc from 'fast-check';
import { interpolate, interpolateText } from './interpolate.js';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,12}$/);
const nasty = fc.oneof(
  fc.string(),
  name.map((n) => `{{ ${n} }}`),
  fc.constantFrom('{{', '}}', '{{a}}', '$&', '$1', '__proto__'),
);

describe('interpolation', () => {
  it('puts a text in the place of its name, with or without blanks', () => {
    expect(interpolateText('a {{x}} b {{  x }} c', { x: '1' })).toBe('a 1 b 1 c');
  });

  it('keeps a list a list where the placeholder stands alone', () => {
    expect(interpolate('{{ commands }}', { commands: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(interpolate(['before', '{{ commands }}', 'after'], { commands: ['a', 'b'] })).toEqual([
      'before',
      'a',
      'b',
      'after',
    ]);
    expect(interpolateText('echo {{ commands }}', { commands: ['a', 'b'] })).toBe('echo ["a","b"]');
  });

  it('leaves braces that are no parameter alone', () => {
    const script = "docker ps --format '{{.Names}}' {{ unknown }} {{ constructor }} {{ __proto__ }} ${{ }}";
    expect(interpolateText(script, { known: 'x' })).toBe(script);
  });

  it('goes through objects and lists, and touches neither keys nor numbers', () => {
    expect(interpolate({ '{{ x }}': [{ deep: '{{ x }}' }], n: 1, t: true, z: null }, { x: 'v' })).toEqual({
      '{{ x }}': [{ deep: 'v' }],
      n: 1,
      t: true,
      z: null,
    });
  });

  it('never looks at a value again, whatever it contains', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, nasty), { minLength: 1, maxLength: 5, selector: ([n]) => n }),
        fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 6 }),
        (parameters, order) => {
          const values = Object.fromEntries(parameters);
          const picked = order.map((i) => parameters[i % parameters.length] as [string, string]);
          const template = picked.map(([n]) => `<{{ ${n} }}>`).join('');
          expect(interpolateText(template, values)).toBe(picked.map(([, value]) => `<${value}>`).join(''));
        },
      ),
    );
  });

  it('gives every item of a list value as it was', () => {
    fc.assert(
      fc.property(fc.array(nasty), (commands) => {
        expect(interpolate({ run: '{{ commands }}' }, { commands, a: 'oops' })).toEqual({ run: commands });
        expect(interpolate(['{{ commands }}'], { commands, a: 'oops' })).toEqual(commands);
      }),
    );
  });
});
