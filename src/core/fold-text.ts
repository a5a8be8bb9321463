// When two answers are equal: both trimmed, every stretch of white space counted as one space.

export function foldText(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}
