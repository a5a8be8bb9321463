// The words of a text as the search of tools compares them: names are taken apart, endings that carry no meaning are dropped.

/** Common words that stand in nearly every question and description. */
const EMPTY = new Set(
  "a an and any are as at be by can do for from has have how i if in into is it its me my of on or that the this to use used using was what when which will with you your".split(
    " ",
  ),
);
/** Scripts without spaces: each sign is a word. */
const SIGNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Lower case, in the order of the text, repetitions kept. `createPullRequest`, `create-pull-request` and `create pull requests` give the same. */
export function wordsOf(text: string): readonly string[] {
  const apart = text
    .normalize("NFKC")
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase();
  const found = apart.match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? [];
  return found.flatMap((word) => (SIGNS.test(word) ? Array.from(word) : EMPTY.has(word) ? [] : [stem(word)]));
}

/** English endings only; what is no English word merely loses an ending on both sides of the comparison. */
function stem(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/(?:sh|ch|x|z|ss)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("s")) return word.slice(0, -1);
  return word;
}
