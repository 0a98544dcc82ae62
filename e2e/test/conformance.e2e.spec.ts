import type { OperationModel } from '@muster/aws-protocol';

import { adminKey } from '../src/client.js';
import { allAtOnce } from '../src/conformance/all-at-once.js';
import { Rows } from '../src/conformance/rows.js';
import { runningOperations } from '../src/conformance/running-operations.js';
import { type Violation, violationsOf } from '../src/conformance/violations.js';
import { type RawAnswer, signedCall } from '../src/signed-call.js';
import { Stack } from '../src/stack.js';

/** Change by themselves: until when the registry has listened, and which keys sign. */
const clocks = ['registry.observation', 'identity.access_key_use'];

describe('every operation that exists', () => {
  let stack: Stack;
  let rows: Rows;
  let operations: OperationModel[];

  beforeAll(async () => {
    stack = await Stack.start({ args: ['--no-agent'] });
    operations = await runningOperations(stack);
    rows = new Rows(stack);
    await rows.open();
    await rows.settled();
  }, 300_000);

  afterAll(async () => {
    await rows?.close();
    await stack?.remove();
  }, 60_000);

  it('refuses whatever breaks a rule of its model, in AWS’s words, and changes nothing', async () => {
    const vectors = operations.flatMap((operation) =>
      violationsOf(operation).map((violation) => ({ operation, violation })),
    );
    expect(vectors.length).toBeGreaterThan(500);
    const before = await rows.hashes(clocks);
    const key = adminKey(stack);

    const wrong = await allAtOnce(vectors, 16, async ({ operation, violation }) => {
      const answer = await signedCall(stack, operation, violation.input, operation.public ? undefined : key);
      return complaint(operation, violation, answer);
    });

    expect(wrong.filter(Boolean)).toEqual([]);
    expect(await rows.hashes(clocks)).toEqual(before);
  }, 120_000);

  it('refuses members of another type, and changes nothing', async () => {
    const vectors = operations.filter(({ service }) => service.protocol === 'json').flatMap(wrongTypes);
    const before = await rows.hashes(clocks);

    const wrong = await allAtOnce(vectors, 16, async ({ operation, input }) => {
      const { status, code } = await signedCall(
        stack,
        operation,
        input,
        operation.public ? undefined : adminKey(stack),
      );
      return status === 400 && code === 'SerializationException'
        ? undefined
        : `${operation.name} ${JSON.stringify(input)}: ${status} ${code}`;
    });

    expect(wrong.filter(Boolean)).toEqual([]);
    expect(await rows.hashes(clocks)).toEqual(before);
  }, 60_000);
});

function complaint(operation: OperationModel, { at, rule, what }: Violation, answer: RawAnswer): string | undefined {
  const { status, code, message } = answer;
  const where = `${operation.service.id}.${operation.name} ${at} ${what}`;
  const expected = operation.service.protocol === 'json' ? 'ValidationException' : 'ValidationError';
  if (status !== 400 || code !== expected) return `${where}: ${status} ${code} ${message.slice(0, 200)}`;
  const [, count, clauses = ''] = /^(\d+) validation errors? detected: ([^]*)$/.exec(message) ?? [];
  const said = clauses.match(/ at '[^']*' failed to satisfy constraint: /g)?.length;
  if (Number(count) !== said) return `${where}: counts ${count} and names ${said}: ${message.slice(0, 200)}`;
  const clause = `at '${at}' failed to satisfy constraint: ${rule}`;
  return clauses.includes(clause) ? undefined : `${where}: not "${clause}" but ${clauses.slice(0, 300)}`;
}

/** For each member of the input a value that JSON has and its type has not. */
function wrongTypes(operation: OperationModel): { operation: OperationModel; input: object }[] {
  const { shapes, operations } = operation.service.model;
  const input = operations[operation.name]!.input;
  return Object.entries((input && shapes[input.shape]!.members) ?? {}).map(([member, ref]) => {
    const { type } = shapes[ref.shape]!;
    return { operation, input: { [member]: type === 'structure' || type === 'map' ? ['a'] : { a: 1 } } };
  });
}
