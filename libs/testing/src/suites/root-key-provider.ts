import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import type { RootKeyProvider } from '@muster/keys';

/** A way to keep root keys, as the suite asks for it. */
export interface RootKeyPlace {
  /** A provider of this key, base64 text. */
  provider(text: string): Promise<RootKeyProvider>;
}

/** What every provider of root keys must do. Call it in a `describe`. */
export function rootKeyProviderSuite(place: () => RootKeyPlace): void {
  const newText = () => randomBytes(32).toString('base64');
  const open = async (text: string) => (await place().provider(text)).open();

  it('gives the same key each time, and another one for other bytes', async () => {
    const text = newText();
    const [one, two, other] = [await open(text), await open(`${text}\n`), await open(newText())];
    const dataKey = randomBytes(32);
    expect(two.id).toBe(one.id);
    expect(Buffer.from(two.unwrap(one.wrap(dataKey)))).toEqual(dataKey);
    expect(other.id).not.toBe(one.id);
    expect(() => other.unwrap(one.wrap(dataKey))).toThrow();
  });

  it('wraps no two times alike, and unwraps nothing that was altered', async () => {
    const key = await open(newText());
    const wrapped = key.wrap(randomBytes(32));
    expect(Buffer.from(key.wrap(randomBytes(32)))).not.toEqual(Buffer.from(wrapped));
    for (let at = 0; at < wrapped.length; at++) {
      const altered = Uint8Array.from(wrapped, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => key.unwrap(altered)).toThrow();
    }
  });

  it('shows the key to nobody', async () => {
    const bytes = randomBytes(32);
    const text = bytes.toString('base64');
    const provider = await place().provider(text);
    const key = await provider.open();
    for (const shown of [provider, key]) {
      const all = `${JSON.stringify(shown)} ${inspect(shown, { depth: 9, showHidden: true })}`;
      for (const form of [text, bytes.toString('hex'), bytes.toString('base64url')]) expect(all).not.toContain(form);
    }
  });

  it.each([
    ['too short', randomBytes(31).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['empty', ''],
    ['no base64', '?'.repeat(44)],
  ])('refuses what is %s, naming the place and never the text', async (_what, text) => {
    const provider = await place().provider(text);
    const error = await provider.open().then(
      () => undefined,
      (refusal: unknown) => refusal as Error,
    );
    expect(error!.message).toContain(provider.place);
    expect(error!.message).toContain('32 bytes');
    if (text !== '') expect(inspect(error)).not.toContain(text);
  });
}
