import { AllowedPatterns } from './allowed-patterns.js';

describe('checking a value against a pattern', () => {
  const patterns = new AllowedPatterns();
  afterAll(() => patterns.onModuleDestroy());

  it('accepts, refuses, and says which', async () => {
    await expect(patterns.check('^\\d+$', '42')).resolves.toBeUndefined();
    await expect(patterns.check('^\\d+$', 'a')).rejects.toMatchObject({
      code: 'ParameterPatternMismatchException',
      message: 'Parameter value, cannot be validated against allowedPattern: ^\\d+$',
    });
    await expect(patterns.check('(', 'a')).rejects.toMatchObject({ code: 'InvalidAllowedPatternException' });
  });

  it('is not stopped by a pattern that would run for years, and answers others meanwhile', async () => {
    const hostile = patterns.check('(a+)+', `${'a'.repeat(60)}!`);
    const others = [patterns.check('a', 'a'), patterns.check('b', 'b')];
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    await expect(hostile).rejects.toMatchObject({ code: 'InvalidAllowedPatternException' });
    clearInterval(turning);
    expect(turns).toBeGreaterThan(5);
    await Promise.all(others);
  });
});
