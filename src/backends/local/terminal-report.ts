// The person at a terminal as a `SetupReport`: lines and progress on stderr, the question where somebody can answer it.
import { createInterface } from "node:readline";
import { progressBar, type Io } from "../../io/index.ts";
import { sizeInWords } from "./model-catalog.ts";
import type { DownloadProgress, SetupReport } from "./setup-report.ts";

const BAR_COLUMNS = 24;
/** Where nothing can be drawn over, a line for every so many per cent. */
const LINE_STEP = 25;
/** The speed is that of the last seconds, in milliseconds. */
const SPEED_WINDOW_MS = 5_000;

export type ReportOptions = {
  /** Whole lines instead of a bar that is drawn over itself: for screen readers and logs. */
  readonly lines?: boolean;
};

/** Asks only where input and output are terminals; Enter takes the first answer, the end of input the last. */
export function terminalReport(io: Pick<Io, "terminal" | "clock" | "env">, { lines = false }: ReportOptions = {}): SetupReport {
  const { stdin, stderr } = io.terminal;
  const person = stdin.isTTY === true && stderr.isTTY === true;
  const progress = lines || stderr.isTTY !== true || io.env["TERM"] === "dumb" ? progressLines(io) : progressLine(io);
  const report: SetupReport = {
    say: (line) => {
      progress.clear();
      stderr.write(`${line}\n`);
    },
    progress: progress.show,
  };
  return person ? { ...report, choose: (question, answers) => ask(io.terminal, question, answers) } : report;
}

type Shown = { show(progress: DownloadProgress): void; clear(): void };

/** One line, drawn over itself when the per cent change: `Model  ███████░░░ 71 % of 1.1 GB, 12 MB/s, 26 s left`. */
function progressLine({ terminal: { stderr }, clock }: Pick<Io, "terminal" | "clock">): Shown {
  let shown = "";
  const speed = speedOf(clock);
  const clear = (): void => {
    if (shown !== "") stderr.write("\r\u001B[K");
    shown = "";
  };
  return {
    clear,
    show: ({ what, received, total }) => {
      const perSecond = speed(received);
      const percent = Math.floor((received / total) * 100);
      if (percent >= 100) return clear();
      const rest = perSecond > 0 ? `, ${sizeInWords(perSecond)}/s, ${timeInWords((total - received) / perSecond)} left` : "";
      const line = `${what}  ${progressBar(received / total, BAR_COLUMNS)} ${percent} % of ${sizeInWords(total)}${rest}`;
      if (line === shown) return;
      // A line that wraps could not be drawn over.
      stderr.write(`\r\u001B[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      shown = line;
    },
  };
}

function progressLines({ terminal: { stderr } }: Pick<Io, "terminal">): Shown {
  let told = 0;
  return {
    clear: () => undefined,
    show: ({ what, received, total }) => {
      const step = Math.floor((received / total) * (100 / LINE_STEP));
      if (step < told) told = 0;
      if (step > told) stderr.write(`${what}: ${step * LINE_STEP} % of ${sizeInWords(total)}\n`);
      told = step;
    },
  };
}

/** Bytes a second over the last seconds; 0 as long as nothing can be said. */
function speedOf(clock: Io["clock"]): (received: number) => number {
  let marks: { readonly at: number; readonly received: number }[] = [];
  let speed = 0;
  return (received) => {
    const at = clock.monotonic();
    const last = marks.at(-1);
    if (last !== undefined && at - last.at < 1000 && received >= last.received) return speed;
    marks = [...marks.filter((mark) => at - mark.at <= SPEED_WINDOW_MS && mark.received <= received), { at, received }];
    const [first] = marks;
    if (first === undefined || at === first.at) return speed;
    speed = ((received - first.received) / (at - first.at)) * 1000;
    return speed;
  };
}

const timeInWords = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;

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
