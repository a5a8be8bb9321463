// Numbers as people read them: durations, tokens, money, and arguments cut to fit a line.
import type { Content, Failure, Json, Usage } from "../core/index.ts";

/** `12 ms`, `0.4 s`, `12 s`, `3 min 05 s`, `2 h 04 min` */
export function duration(ms: number): string {
  if (ms < 95) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** `0:07`, `12:31`, `1:02:03` */
export function clockTime(ms: number): string {
  const whole = Math.floor(Math.max(0, ms) / 1000);
  const pad = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** `950`, `3.2k`, `1.4M` */
export function count(n: number): string {
  if (n < 1000) return String(Math.round(n));
  if (n < 999_500) return `${(n / 1000).toFixed(n < 9950 ? 1 : 0)}k`;
  return `${(n / 1_000_000).toFixed(1)}M`;
}

/** `$0.0123`, `$1.20`; an unknown price is said to be unknown, never zero, also where it is only a part. */
export function cost(usd: number | null, unpricedSteps = 0): string {
  if (usd === null) return "price unknown";
  const known = usd === 0 ? "$0" : `$${usd < 0.1 ? usd.toPrecision(2) : usd.toFixed(2)}`;
  return unpricedSteps === 0 ? known : `${known} + unknown`;
}

/** `3.2k in (1.1k cached), 410 out (300 reasoning)`; only what was reported. */
export function tokens({ inputTokens, cachedTokens, outputTokens, reasoningTokens }: Usage): string {
  const part = (n: number | null, what: string): string => (n === null || n === 0 ? "" : ` (${count(n)} ${what})`);
  const parts = [
    inputTokens === null ? [] : [`${count(inputTokens)} in${part(cachedTokens, "cached")}`],
    outputTokens === null ? [] : [`${count(outputTokens)} out${part(reasoningTokens, "reasoning")}`],
  ].flat();
  return parts.length === 0 ? "tokens not reported" : parts.join(", ");
}

/** Cuts to `max` characters (never inside a surrogate pair) and marks the cut. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1));
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A tool's arguments on one line. */
export function shortArguments(input: Json, max: number): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return shorten(JSON.stringify(input), max);
  const parts = Object.entries(input).map(([key, value]) => `${key}=${typeof value === "string" ? oneLine(value) : JSON.stringify(value)}`);
  return shorten(parts.join(" "), max);
}

/** A tool's result on one line. */
export function shortContent(content: readonly Content[], max: number): string {
  return shorten(oneLine(content.map(contentText).join(" ")), max);
}

/** A tool's result as text; what is no text is named. */
export function contentText(part: Content): string {
  switch (part.type) {
    case "text":
    case "resource":
      return part.text;
    case "image":
    case "audio":
      return `(${part.type}, ${part.mediaType})`;
    case "link":
      return part.title === undefined ? part.uri : `${part.title} (${part.uri})`;
    default:
      return "";
  }
}

export const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** What was voted for; where that is another agent's answer with the winner's very text, the answer it was counted for too. */
export function votedFor(vote: { readonly for: string; readonly forWinner: boolean }, winner: { readonly answer: string } | null): string {
  return winner === null || !vote.forWinner || vote.for === winner.answer ? vote.for : `${vote.for} = ${winner.answer}`;
}

/** What happened and what to do next. */
export const withNext = (message: string, next: string | undefined): string =>
  next === undefined ? message : `${message}${/[.!?…:]$/u.test(message) ? "" : "."} ${next}`;

/** A failure with its next step and the code under which the guide to troubleshooting has it. */
export const failureText = (failure: Failure | undefined): string =>
  failure === undefined ? "no reason given" : `${withNext(failure.message, failure.next)} [${failure.code}]`;
