import { expect, jest } from '@jest/globals';

// On CI a test against real servers that failed is run once more, and its first failure is printed: a machine that was slow for
// a moment must not hide the truth of all others. Specs of pure logic get no second chance: a counterexample is one.
if (process.env.CI && /\.(it|e2e)\.spec\.ts$/.test(expect.getState().testPath ?? '')) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
