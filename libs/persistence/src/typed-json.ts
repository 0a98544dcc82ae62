/** JSON that keeps dates and bytes: `{"$date": ms}`, `{"$bytes": "base64"}`; keys that start with `$` get another one. */
export function toTypedJson(value: unknown): string {
  return JSON.stringify(pack(value));
}

/** What `toTypedJson` was given. */
export function fromTypedJson(text: string): unknown {
  return unpack(JSON.parse(text));
}

function pack(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(pack);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.startsWith('$') ? `$${key}` : key, pack(each)]),
  );
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== 'object') return value;
  const { $date, $bytes } = value as { $date?: unknown; $bytes?: unknown };
  if (typeof $date === 'number') return new Date($date);
  if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.startsWith('$$') ? key.slice(1) : key, unpack(each)]),
  );
}
