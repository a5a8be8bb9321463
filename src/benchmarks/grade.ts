// Whether an answer is right, and which of several answers most samples agree on.

export type Grading = "contains" | "exact" | "number" | "regex";

/** Small letters, one space between words, no full stop at the end: what two people would call the same short answer. */
export function normalised(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[*_`"]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/[.!]+$/, "");
}

const NUMBER = /-?\d+(?:,\d{3})*(?:\.\d+)?/g;

/** The last number of a text, as answers end with their result; null where there is none. */
export function lastNumber(text: string): number | null {
  const found = text.match(NUMBER)?.at(-1);
  return found === undefined ? null : Number(found.replaceAll(",", ""));
}

/** Throws `SyntaxError` for an expected regular expression that is none. */
export function isRight(answer: string, expected: string, grading: Grading): boolean {
  switch (grading) {
    case "exact":
      return normalised(answer) === normalised(expected);
    case "contains":
      return normalised(answer).includes(normalised(expected));
    case "number":
      return lastNumber(answer) !== null && lastNumber(answer) === lastNumber(expected);
    case "regex":
      return new RegExp(expected, "iu").test(answer);
  }
}

/** What two samples must share to count as the same answer: the last number where answers are numbers, else the normalised text. */
export function keyOf(answer: string, grading: Grading): string {
  const number = grading === "number" ? lastNumber(answer) : null;
  return number === null ? normalised(answer) : String(number);
}

/** The first answer of the largest group; a tie goes to the group that came first. Null without answers. */
export function majority(answers: readonly string[], grading: Grading): string | null {
  const groups = new Map<string, { count: number; readonly first: string }>();
  for (const answer of answers) {
    const key = keyOf(answer, grading);
    const group = groups.get(key) ?? { count: 0, first: answer };
    group.count += 1;
    groups.set(key, group);
  }
  let best: { readonly count: number; readonly first: string } | null = null;
  for (const group of groups.values()) if (best === null || group.count > best.count) best = group;
  return best?.first ?? null;
}
