// The `terminal` display: the lines of `simple` in colour, and a status line at the bottom that says what everybody is doing.
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";
import { clockTime } from "./format.ts";
import type { Line } from "./line.ts";
import { narrate } from "./narrator.ts";
import type { RunResult } from "../runtime/result.ts";
import { linesAfterAnswer, linesBeforeAnswer } from "./result-lines.ts";
import { answerText, plainLine } from "./simple.ts";
import { activity } from "./activity.ts";
import { runSpan } from "./run-span.ts";
import { agentInk, inkFor, toneInk, type Ink } from "./ink.ts";

const STATUS_INTERVAL_MS = 500;
const CLEAR_LINE = "\r\u001B[2K";

export function terminalDisplay({ terminal, clock, env }: DisplayContext): Display {
  const ink = inkFor(env, terminal.stderr.isTTY === true);
  const narrator = narrate();
  const team = activity();
  const span = runSpan();
  const startedAt = clock.monotonic();
  let statusShown = false;
  let over = false;

  const write = (text: string): void => void terminal.stderr.write(text);
  const clearStatus = (): void => {
    if (statusShown) write(CLEAR_LINE);
    statusShown = false;
  };
  const drawStatus = (): void => {
    if (over) return;
    const width = Math.max(20, (terminal.stderr.columns ?? 80) - 1);
    const text = `${clockTime(clock.monotonic() - startedAt)}  ${team.summary()}`;
    write(`${CLEAR_LINE}${ink("dim", fit(text, width))}`);
    statusShown = true;
  };
  const say = (lines: readonly Line[]): void => {
    if (lines.length === 0) return;
    clearStatus();
    write(lines.map((line) => `${colouredLine(line, ink)}\n`).join(""));
  };
  const tick = (): void => {
    if (over) return;
    drawStatus();
    clock.after(STATUS_INTERVAL_MS, tick);
  };
  tick();
  const dispose = (): void => {
    clearStatus();
    over = true;
  };
  return {
    show: (item) => {
      team.note(item);
      span.note(item);
      const lines = narrator.tell(item);
      say(lines);
      if (lines.length > 0) drawStatus();
    },
    finish: async (result) => {
      dispose();
      printResult(result, { terminal, env }, span.elapsedMs());
    },
    dispose,
  };
}

/** The end of a run in colours: votes and footnotes on standard error, the answer on standard output. */
export function printResult(
  result: RunResult,
  { terminal, env }: Pick<DisplayContext, "terminal" | "env">,
  elapsedMs: number | null,
): void {
  const ink = inkFor(env, terminal.stderr.isTTY === true);
  const say = (lines: readonly Line[]): void => void terminal.stderr.write(lines.map((line) => `${colouredLine(line, ink)}\n`).join(""));
  say(linesBeforeAnswer(result));
  if (result.answer !== null) terminal.stdout.write(answerText(result.answer));
  say(linesAfterAnswer(result, { elapsedMs }));
}

function colouredLine(line: Line, ink: Ink): string {
  const plain = plainLine({ ...line, agent: null });
  if (line.agent === null) return ink(toneInk(line.tone), plain);
  const who = ink(agentInk(line.agent), plainLine({ ...line, tone: "note", text: "" }).trimEnd());
  return plain
    .split("\n")
    .map((text) => `${who} ${ink(toneInk(line.tone), text)}`)
    .join("\n");
}

/** The status line holds ids and words of ours only; characters beyond the Latin, Greek and Cyrillic ones are counted as two columns. */
function fit(text: string, width: number): string {
  let end = 0;
  let used = 0;
  for (const character of text) {
    used += (character.codePointAt(0) ?? 0) > 0x10ff ? 2 : 1;
    if (used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}
