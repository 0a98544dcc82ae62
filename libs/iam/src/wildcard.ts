const STAR = 42;
const QUESTION = 63;
const COLON = 58;

/**
 * Whether a text matches an IAM pattern: `*` is any run of characters, `?` is one.
 *
 * With `segments` the colons of ARNs are borders, as AWS says: `?` never stands for one, and `*` reaches beyond one only
 * as the last character of its segment.
 *
 * Walks all possible positions at once, so the time is at most length × length: no pattern makes it explode.
 */
export function matchesWildcard(pattern: string, text: string, how: { segments?: boolean } = {}): boolean {
  if (pattern === '*') return true;
  const plain = firstWildcard(pattern);
  if (plain < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, plain))) return false;

  // positions[p]: the text so far is matched by pattern[0..p)
  let positions = new Uint8Array(pattern.length + 1);
  positions[plain] = 1;
  passStars(pattern, positions, plain);
  for (let t = plain; t < text.length; t++) {
    const char = text.charCodeAt(t);
    const next = new Uint8Array(pattern.length + 1);
    let alive = false;
    for (let p = plain; p < pattern.length; p++) {
      if (!positions[p]) continue;
      const wanted = pattern.charCodeAt(p);
      const blocked = how.segments === true && char === COLON;
      if (wanted === STAR && (!blocked || endsSegment(pattern, p))) next[p] = 1;
      else if (wanted === char || (wanted === QUESTION && !blocked)) next[p + 1] = 1;
      else continue;
      alive = true;
    }
    if (!alive) return false;
    passStars(pattern, next, plain);
    positions = next;
  }
  return positions[pattern.length] === 1;
}

/** A star may also stand for nothing. */
function passStars(pattern: string, positions: Uint8Array, from: number): void {
  for (let p = from; p < pattern.length; p++) {
    if (positions[p] && pattern.charCodeAt(p) === STAR) positions[p + 1] = 1;
  }
}

function endsSegment(pattern: string, at: number): boolean {
  return at === pattern.length - 1 || pattern.charCodeAt(at + 1) === COLON;
}

function firstWildcard(pattern: string): number {
  for (let p = 0; p < pattern.length; p++) {
    const char = pattern.charCodeAt(p);
    if (char === STAR || char === QUESTION) return p;
  }
  return -1;
}
