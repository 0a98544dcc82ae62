import { benchOptions } from './bench-options.js';
import { benchStack } from './bench-stack.js';
import { closing } from './closing.js';
import { machine } from './figures.js';
import { loadGenerator } from './load.js';
import { inTurns, print } from './rounds.js';

/** Names that are read in turn. */
const names = 200;

/** Decrypted reads of SecureString beside reads of String, at saturation: each decryption is audited before its answer. */
export async function secureString(argv: readonly string[]): Promise<void> {
  const { connections, seconds, rounds, profile } = benchOptions(argv);
  const { name: generator, load } = await loadGenerator();
  console.log(
    `secure-string: ${names} names in turn, ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`,
  );
  await closing(async (later) => {
    const bench = await benchStack(profile);
    later(() => bench.stack.remove());
    const value = 'x'.repeat(100);
    const requests = { String: [] as string[], SecureString: [] as string[] };
    for (const Type of ['String', 'SecureString'] as const) {
      for (let index = 0; index < names; index++) {
        const Name = `/bench/${Type}/${index}`;
        await bench.ask('PutParameter', { Name, Type, Value: value });
        requests[Type].push(Name);
      }
    }
    const read = (Type: keyof typeof requests) => {
      const signed = requests[Type].map((Name) => bench.sign('GetParameter', { Name, WithDecryption: true }));
      return () => load({ url: bench.stack.ready.endpoint, requests: signed, connections, seconds });
    };
    if (!(await bench.ask('GetParameter', { Name: '/bench/SecureString/7', WithDecryption: true })).includes(value)) {
      throw new Error('the value was not decrypted');
    }
    const secure = read('SecureString');
    const found = await inTurns(
      [
        { name: 'SecureString', run: secure },
        { name: 'String', run: read('String') },
      ],
      rounds,
      seconds,
      bench.stack,
    );
    await bench.profile(secure);
    print(found, 2);
  });
}
