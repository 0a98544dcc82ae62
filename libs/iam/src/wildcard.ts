const COLON = 58;

/** A pattern as numbers: UTF-16 units, and these two for the wildcards, so that a `*` may also be meant as itself. */
export type Glob = readonly number[];
/** Any run of characters. */
export const STAR = -1;
/** Any one character. */
export const QUESTION = -2;

/** With `segments` the colons of ARNs are borders: `?` never stands for one, and `*` reaches beyond one only as the last of its segment. */
export interface MatchHow {
  readonly segments?: boolean;
}

/** Reads a text in which `*` and `?` are wildcards. */
export function globOf(text: string): number[] {
  const glob: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    glob.push(unit === 42 ? STAR : unit === 63 ? QUESTION : unit);
  }
  return glob;
}

/** Reads a text in which nothing is a wildcard. */
export function literalGlob(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/** Whether a text matches an IAM pattern: `*` is any run of characters, `?` is one. */
export function matchesWildcard(pattern: string, text: string, how: MatchHow = {}): boolean {
  return compileGlob(globOf(pattern), how)(text);
}

/**
 * Makes a matcher of a pattern. What most policies hold (a text, a beginning, texts between stars) costs a comparison; any
 * other is walked at all possible positions at once, in at most length × length: no pattern makes it explode.
 */
export function compileGlob(pattern: Glob, how: MatchHow = {}): (text: string) => boolean {
  const glob = withoutDetours(pattern);
  const wild = glob.findIndex((unit) => unit < 0);
  if (wild < 0) {
    const whole = textOf(glob);
    return (text) => text === whole;
  }
  const isFree = (at: number): boolean => !how.segments || at === glob.length - 1 || glob[at + 1] === COLON;
  const simple = glob.every((unit, at) => unit !== QUESTION && (unit !== STAR || isFree(at)));
  if (simple) return matcherOfPieces(glob);
  const start = textOf(glob.slice(0, wild));
  const rest = glob.slice(wild);
  // What wants more characters than there are needs no walk: a policy may hold patterns much longer than any ARN.
  const least = glob.filter((unit) => unit !== STAR).length;
  return (text) =>
    text.length >= least && text.startsWith(start) && walk(rest, text, start.length, how.segments === true);
}

/**
 * `a*?*?*b` is `a??*b`: two characters, or more. A star that ended its run still does, and one that did not still does
 * not: that decides whether it reaches beyond a colon.
 */
function withoutDetours(pattern: Glob): number[] {
  const glob: number[] = [];
  for (let at = 0; at < pattern.length;) {
    const begins = at;
    while (at < pattern.length && pattern[at]! < 0) at++;
    const run = pattern.slice(begins, at);
    const questions = run.filter((unit) => unit === QUESTION);
    if (questions.length === run.length) glob.push(...run);
    else glob.push(...(run.at(-1) === STAR ? [...questions, STAR] : [STAR, ...questions]));
    if (at < pattern.length) glob.push(pattern[at++]!);
  }
  return glob;
}

/** Texts with stars between them that reach over everything: each is found at the first place behind the one before. */
function matcherOfPieces(glob: Glob): (text: string) => boolean {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at <= glob.length; at++) {
    if (at < glob.length && glob[at] !== STAR) continue;
    pieces.push(textOf(glob.slice(from, at)));
    from = at + 1;
  }
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  const middle = pieces.slice(1, -1);
  if (middle.length === 0 && last === '') return first === '' ? () => true : (text) => text.startsWith(first);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let place = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, place);
      if (found < 0) return false;
      place = found + piece.length;
    }
    return place <= end;
  };
}

function walk(glob: Glob, text: string, from: number, segments: boolean): boolean {
  // positions[p]: the text so far is matched by glob[0..p)
  let positions = new Uint8Array(glob.length + 1);
  let next = new Uint8Array(glob.length + 1);
  positions[0] = 1;
  passStars(glob, positions);
  for (let t = from; t < text.length; t++) {
    const unit = text.charCodeAt(t);
    const blocked = segments && unit === COLON;
    let alive = false;
    next.fill(0);
    for (let p = 0; p < glob.length; p++) {
      if (!positions[p]) continue;
      const wanted = glob[p]!;
      if (wanted === STAR && (!blocked || p === glob.length - 1 || glob[p + 1] === COLON)) next[p] = 1;
      else if (wanted === unit || (wanted === QUESTION && !blocked)) next[p + 1] = 1;
      else continue;
      alive = true;
    }
    if (!alive) return false;
    passStars(glob, next);
    [positions, next] = [next, positions];
  }
  return positions[glob.length] === 1;
}

/** A star may also stand for nothing. */
function passStars(glob: Glob, positions: Uint8Array): void {
  for (let p = 0; p < glob.length; p++) {
    if (positions[p] && glob[p] === STAR) positions[p + 1] = 1;
  }
}

function textOf(glob: Glob): string {
  let text = '';
  for (const unit of glob) text += String.fromCharCode(unit);
  return text;
}
