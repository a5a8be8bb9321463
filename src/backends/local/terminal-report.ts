// The person at a terminal as a `SetupReport`: lines and progress on stderr, the question where somebody can answer it.
import { createInterface } from "node:readline";
import type { Io } from "../../io/index.ts";
import { sizeInWords } from "./model-catalog.ts";
import type { SetupReport } from "./setup-report.ts";

/** Asks only where input and output are terminals; Enter takes the first answer, the end of input the last. */
export function terminalReport({ terminal }: Pick<Io, "terminal">): SetupReport {
  const { stdin, stderr } = terminal;
  const live = stderr.isTTY === true;
  let shown = -1;
  const clear = (): void => {
    if (shown >= 0 && live) stderr.write("\r\u001B[K");
    shown = -1;
  };
  const report: SetupReport = {
    say: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: ({ what, received, total }) => {
      const percent = Math.floor((received / total) * 100);
      if (!live || percent === shown) return;
      stderr.write(`\r\u001B[K${what}: ${percent} % of ${sizeInWords(total)}`);
      shown = percent;
      if (percent === 100) clear();
    },
  };
  return stdin.isTTY === true && live ? { ...report, choose: (question, answers) => ask(terminal, question, answers) } : report;
}

async function ask({ stdin, stderr }: Io["terminal"], question: string, answers: readonly string[]): Promise<number> {
  const reader = createInterface({ input: stdin, output: stderr, prompt: "Your choice [1]: " });
  try {
    stderr.write(`${question}\n${answers.map((answer, index) => `  ${index + 1}) ${answer}\n`).join("")}`);
    reader.prompt();
    for await (const line of reader) {
      const number = line.trim() === "" ? 1 : Number(line.trim());
      if (Number.isInteger(number) && number >= 1 && number <= answers.length) return number - 1;
      reader.prompt();
    }
    return answers.length - 1;
  } finally {
    reader.close();
  }
}
