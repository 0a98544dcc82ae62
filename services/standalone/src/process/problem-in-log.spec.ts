import { problemInLog } from './problem-in-log.js';

describe('problems in logs', () => {
  it.each([
    [
      '{"level":"error","msg":"relay failed","err":{"message":"connection refused"}}',
      'relay failed: connection refused',
    ],
    ['{"level":"fatal","err":{"message":"gone"}}', 'gone'],
    ['[7] 2026/11/24 15:00:00.000000 [ERR] Error trying to connect', 'Error trying to connect'],
    ['2026-11-24 15:00:00 UTC [9] FATAL:  password authentication failed', 'FATAL:  password authentication failed'],
    [
      "TypeError: Cannot read properties of undefined (reading 'x')",
      "TypeError: Cannot read properties of undefined (reading 'x')",
    ],
  ])('%s', (line, problem) => {
    expect(problemInLog(line)).toBe(problem);
  });

  it.each([
    '{"level":"info","msg":"ready"}',
    '{"level":"warn","msg":"the bus is away"}',
    '{"level":"err',
    '[7] 2026/11/24 15:00:00.000000 [INF] Server is ready',
    '2026-11-24 15:00:00 UTC [9] LOG:  checkpoint complete',
    '2026-11-24 15:00:00 UTC [9] FATAL:  the database system is starting up',
    '    at main (file:///x.js:1:1)',
  ])('says nothing about %s', (line) => {
    expect(problemInLog(line)).toBeUndefined();
  });

  it('shortens a long one', () => {
    expect(problemInLog(`{"level":"error","msg":"${'x'.repeat(1000)}"}`)).toHaveLength(300);
  });
});
