import { invocationHash, openAnswer, sealAnswer } from './sealed-answer.js';

const call = { principal: 'arn:alice', operation: 'ssm:CreateActivation', bodyHash: 'ab', invocationId: 'i-1' };

describe('a kept answer', () => {
  it('is readable for the call that it answers, dates included', () => {
    const answer = { ActivationCode: 'hunter2', At: new Date(5) };
    expect(openAnswer(call, sealAnswer(call, answer))).toEqual(answer);
  });

  it('shows nothing of itself, nor of the invocation id that opens it', () => {
    expect(sealAnswer(call, { ActivationCode: 'hunter2' }).toString('latin1')).not.toContain('hunter2');
    expect(invocationHash(call)).not.toContain('i-1');
  });

  it('opens for no other call', () => {
    const sealed = sealAnswer(call, { a: 1 });
    for (const other of [{ invocationId: 'i-2' }, { principal: 'arn:eve' }, { bodyHash: 'cd' }, { operation: 'x' }])
      expect(() => openAnswer({ ...call, ...other }, sealed)).toThrow();
  });
});
