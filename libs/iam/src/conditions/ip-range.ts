/** An address as bytes: 4 or 16. */
type Address = readonly number[];

/** Makes a test of an address or a range, `203.0.113.0/24` or `2001:db8::/32`; undefined when it is neither. */
export function ipRange(text: string): ((address: string) => boolean) | undefined {
  const [base, length, ...more] = text.split('/');
  const wanted = parseAddress(base!);
  if (!wanted || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const bits = length === undefined ? wanted.length * 8 : Number(length);
  if (bits > wanted.length * 8) return undefined;
  return (address) => {
    const given = parseAddress(address);
    return given !== undefined && given.length === wanted.length && sameStart(given, wanted, bits);
  };
}

function sameStart(a: Address, b: Address, bits: number): boolean {
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) if (a[at] !== b[at]) return false;
  const rest = bits & 7;
  return rest === 0 || a[whole]! >> (8 - rest) === b[whole]! >> (8 - rest);
}

/** An IPv4 address inside IPv6 (`::ffff:203.0.113.7`), as sockets show it, is the IPv4 address. */
function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseV4(text);
  const bytes = parseV6(text);
  const mapped = bytes?.slice(0, 10).every((each) => each === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes?.slice(12) : bytes;
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((each) => each <= 255) ? bytes : undefined;
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (!head || (halves.length === 2 && !tail)) return undefined;
  if (!tail) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - tail.length;
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined;
}

/** Groups between colons as bytes; the last may be an IPv4 address. */
function groupsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const bytes: number[] = [];
  const groups = half.split(':');
  for (const [at, group] of groups.entries()) {
    const v4 = at === groups.length - 1 && group.includes('.') ? parseV4(group) : undefined;
    if (v4) bytes.push(...v4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes.length <= 16 ? bytes : undefined;
}
