// Splits a command written as one text into its words, by the rules of a POSIX shell for quotes and backslashes and nothing else.

/** The words of `command`; null where a quote is not closed. No expansion of any kind takes place. */
export function splitCommand(command: string): readonly string[] | null {
  // On a Windows path the backslash is a separator; a shell's rules would eat it.
  const escapes = !/^\s*["']?([A-Za-z]:\\|\\\\)/.test(command);
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < command.length; index++) {
    const sign = command.charAt(index);
    const next = command.charAt(index + 1);
    if (quote !== null && sign === quote) quote = null;
    else if (sign === "\\" && escapes && next !== "" && (quote === null || (quote === '"' && /["\\$`]/.test(next)))) {
      word = (word ?? "") + next;
      index++;
    } else if (quote === null && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= "";
    } else if (quote === null && /\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + sign;
  }
  if (quote !== null) return null;
  return word === null ? words : [...words, word];
}
