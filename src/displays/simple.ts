// The `simple` display: whole lines of plain words for logs, pipes and screen readers; the answer alone on standard output.
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";
import type { Line } from "./line.ts";
import { narrate } from "./narrator.ts";
import { linesAfterAnswer, linesBeforeAnswer } from "./result-lines.ts";
import { runSpan } from "./run-span.ts";
import { neutralise } from "../security/index.ts";

export function simpleDisplay({ terminal }: DisplayContext): Display {
  const narrator = narrate();
  const span = runSpan();
  const say = (line: Line): void => void terminal.stderr.write(`${plainLine(line)}\n`);
  return {
    show: (item) => {
      span.note(item);
      narrator.tell(item).forEach(say);
    },
    finish: async (result) => {
      linesBeforeAnswer(result).forEach(say);
      if (result.answer !== null) terminal.stdout.write(answerText(result.answer));
      linesAfterAnswer(result, { elapsedMs: span.elapsedMs() }).forEach(say);
    },
    dispose: () => undefined,
  };
}

/** `[alice] (thinking) ...` without any escape code. */
export function plainLine({ agent, tone, text }: Line): string {
  const who = agent === null ? "" : `[${neutralise(agent)}] `;
  const how = tone === "thought" ? "(thinking) " : "";
  return `${who}${how}${neutralise(text).replaceAll("\n", `\n${who}`)}`;
}

/** The answer as it goes to standard output: complete, harmless for a terminal, ended by one line break. */
export function answerText(answer: string): string {
  return `${neutralise(answer).replace(/\n+$/, "")}\n`;
}
