// Runs a server's regular expressions in linear time: simple ones natively, the rest on an RE2 engine, what it cannot express not at all.
// Invariant: no pattern, however hostile, holds the main thread longer than a scan of the text.

export type PatternTest = { test(text: string): boolean; toString(): string };
export type CompiledPattern = { readonly pattern: PatternTest; readonly enforced: boolean };

const MAX_PATTERN = 1_000;
/** An RE2 program grows with the counts written in it; above this the pattern costs more than it is worth. */
const MAX_COUNTED = 1_000;

const ATOM = String.raw`(?:[^\\^$.*+?()[\]{}|]|\\[dDwWsStnrfv/.\\^$*+?()[\]{}|-]|\\u[0-9a-fA-F]{4}|\.|\[\^?(?:[^\]\\]|\\.)+\])`;
const QUANTIFIER = String.raw`(?:[*+?]|\{\d{1,5}(?:,\d{0,5})?\})`;
const PLAIN = new RegExp(`^\\^?(?:${ATOM}${QUANTIFIER}?)*\\$?$`);

/** A pattern that is one run of characters and classes, anchored, with at most one variable repetition, cannot backtrack far. */
export function isTriviallySafe(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN || !PLAIN.test(pattern)) return false;
  const bare = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
  const variable = bare.match(/[*+?]|\{\d+,\d*\}/g)?.length ?? 0;
  return variable === 0 || (variable === 1 && pattern.startsWith("^"));
}

/** Loads the RE2 engine only for a pattern that needs it. Never throws. */
export async function compilePattern(pattern: string): Promise<CompiledPattern> {
  const native = isTriviallySafe(pattern) ? compileNatively(pattern) : undefined;
  if (native !== undefined) return { pattern: named(pattern, (text) => native.test(text)), enforced: true };
  const linear = await compileLinear(pattern);
  return { pattern: named(pattern, linear ?? (() => true)), enforced: linear !== undefined };
}

function named(pattern: string, test: (text: string) => boolean): PatternTest {
  return { test, toString: () => `/${pattern}/` };
}

function compileNatively(pattern: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Not valid with this flag: the next one is looser, and then the linear engine has its say.
    }
  }
  return undefined;
}

async function compileLinear(pattern: string): Promise<((text: string) => boolean) | undefined> {
  const counted = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce(
    (sum, match) => sum + Math.max(Number(match[1]), Number(match[2] ?? 0)),
    0,
  );
  if (pattern.length > MAX_PATTERN || counted > MAX_COUNTED) return undefined;
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return (text) => compiled.matcher(text).find();
  } catch {
    // Look-around, back references: cannot be run in linear time, so the pattern is not enforced here; the caller notes it.
    return undefined;
  }
}
