import { AllowedPatterns } from './allowed-patterns.js';

describe('checking a value against a pattern', () => {
  const patterns = new AllowedPatterns();
  afterAll(() => patterns.onModuleDestroy());

  it('accepts, refuses, and says which', async () => {
    await expect(patterns.check('111111111111', '^\\d+$', '42')).resolves.toBeUndefined();
    await expect(patterns.check('111111111111', '^\\d+$', 'a')).rejects.toMatchObject({
      code: 'ParameterPatternMismatchException',
      message: 'Parameter value, cannot be validated against allowedPattern: ^\\d+$',
    });
    await expect(patterns.check('111111111111', '(', 'a')).rejects.toMatchObject({
      code: 'InvalidAllowedPatternException',
    });
  });

  it('is not stopped by a pattern that would run for years, and answers others meanwhile', async () => {
    const hostile = patterns.check('111111111111', '(a+)+', `${'a'.repeat(60)}!`);
    const others = [patterns.check('111111111111', 'a', 'a'), patterns.check('111111111111', 'b', 'b')];
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    await expect(hostile).rejects.toMatchObject({ code: 'InvalidAllowedPatternException' });
    clearInterval(turning);
    expect(turns).toBeGreaterThan(5);
    await Promise.all(others);
  });

  it('keeps nobody waiting for many of them', async () => {
    const value = `${'a'.repeat(60)}!`;
    const ended: string[] = [];
    const hostile = Array.from({ length: 12 }, (_, i) =>
      patterns.check('222222222222', `(a+)+${i}`, value).catch((error: { code: string }) => ended.push(error.code)),
    );
    const others = Array.from({ length: 20 }, () => patterns.check('333333333333', 'a', 'a'));
    await Promise.all(others);
    // One was under way, and a second one may have had its turn before it was known.
    expect(ended.length).toBeLessThan(3);
    await Promise.all(hostile);
    expect(ended).toEqual(Array(12).fill('InvalidAllowedPatternException'));
  }, 30_000);

  it('takes so much at once from one account, and still something from others', async () => {
    const many = Array.from({ length: 80 }, () =>
      patterns.check('444444444444', 'a', 'a').then(
        () => 'checked',
        (error: { code: string }) => error.code,
      ),
    );
    const other = patterns.check('555555555555', 'a', 'a');
    const outcomes = await Promise.all(many);
    expect(outcomes.filter((each) => each === 'checked').length).toBeGreaterThanOrEqual(64);
    expect(outcomes).toContain('ServiceUnavailable');
    await other;
  });
});
