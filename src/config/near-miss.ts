// Finds the known word somebody probably meant: by case, dashes, look-alike letters, plural, a missing unit and spelling distance.

/** Letters of other alphabets, and digits, that look like a Latin letter. */
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.fromEntries([
  ["а", "a"],
  ["α", "a"],
  ["в", "b"],
  ["с", "c"],
  ["ϲ", "c"],
  ["ԁ", "d"],
  ["е", "e"],
  ["ε", "e"],
  ["ё", "e"],
  ["є", "e"],
  ["һ", "h"],
  ["н", "h"],
  ["і", "i"],
  ["ї", "i"],
  ["ı", "i"],
  ["ι", "i"],
  ["ј", "j"],
  ["к", "k"],
  ["κ", "k"],
  ["ⅼ", "l"],
  ["ӏ", "l"],
  ["1", "l"],
  ["м", "m"],
  ["ո", "n"],
  ["п", "n"],
  ["η", "n"],
  ["о", "o"],
  ["ο", "o"],
  ["0", "o"],
  ["օ", "o"],
  ["р", "p"],
  ["ρ", "p"],
  ["ԛ", "q"],
  ["г", "r"],
  ["ѕ", "s"],
  ["т", "t"],
  ["τ", "t"],
  ["υ", "u"],
  ["ս", "u"],
  ["ν", "v"],
  ["ѵ", "v"],
  ["ԝ", "w"],
  ["ω", "w"],
  ["х", "x"],
  ["χ", "x"],
  ["у", "y"],
  ["γ", "y"],
  ["ʏ", "y"],
]);

/** The form in which two spellings of one word are equal. */
export function skeletonOf(word: string): string {
  const spaced = word
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  const letters = Array.from(spaced.toLowerCase(), (letter) => LOOK_ALIKES[letter] ?? letter).join("");
  return letters
    .replace(/[\s\-‐-―−.]+/gu, "_")
    .replace(/_+/g, "_")
    .replace(/^_|_$/g, "");
}

/** Spelling distance (insert, delete, replace, swap of neighbours), or `limit + 1` where it is larger than `limit`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    // A swap reaches back two rows.
    if (Math.min(...row) > limit && Math.min(...last) >= limit) return limit + 1;
    before = last;
    last = row;
  }
  return Math.min(last[b.length] ?? limit, limit + 1);
}

/** `orchestrator_timeout` for `orchestrator_timeout_seconds`: two words or more, and only the last missing. */
function isCutShort(given: string, target: string): boolean {
  return given.includes("_") && target.startsWith(`${given}_`) && !target.slice(given.length + 1).includes("_");
}

const LONGEST = 64;

/** How far a word of this length may be misspelt and still be recognised. */
function tolerance(length: number): number {
  if (length <= 3) return 0;
  return length <= 6 ? 1 : 2;
}

/** The known word `word` is a near miss of; null where none is near. An exact match is none. */
export function nearestTo(word: string, known: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const given = skeletonOf(word);
  let found: { readonly name: string; readonly by: number } | null = null;
  for (const name of known) {
    if (name === word) continue;
    const target = skeletonOf(name);
    const limit = tolerance(Math.min(given.length, target.length));
    const close = given.replace(/s$/, "") === target.replace(/s$/, "") || isCutShort(given, target);
    const by = given === target ? 0 : close ? 0.5 : distance(given, target, limit);
    if ((by <= limit || close) && (found === null || by < found.by)) found = { name, by };
  }
  return found?.name ?? null;
}
