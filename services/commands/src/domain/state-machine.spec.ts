import { stateMachine } from './state-machine.js';

describe('a state machine', () => {
  it('is refused when something in it stays open for ever', () => {
    expect(() => stateMachine<'a' | 'b' | 'c'>({ a: ['b', 'c'], b: ['b'] })).toThrow('no way to an end from b');
  });

  it('calls final what nothing follows', () => {
    const machine = stateMachine<'a' | 'b'>({ a: ['b'] });
    expect(machine.isFinal('b')).toBe(true);
    expect(machine.isFinal('a')).toBe(false);
  });
});
