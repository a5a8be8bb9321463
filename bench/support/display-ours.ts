// Our full screen under the load, with a log in memory beside it: usage `display-ours.ts SECONDS`.
import {
  agentId,
  answerId,
  DEFAULT_SETTINGS,
  label,
  runId,
  turnId,
  type DeltaEvent,
  type Entry,
  type RunEvent,
} from "../../src/core/index.ts";
import { createClock } from "../../src/io/index.ts";
import { richDisplay } from "../../src/displays/rich/rich-display.ts";
import { AGENTS, fakeTerminal, feed } from "./display-feed.ts";

const nothing = (): void => undefined;
const steering = { answerNow: nothing, cancel: nothing, pause: nothing, resume: nothing, permission: nothing, form: nothing };
const clock = createClock();
const display = richDisplay({
  terminal: fakeTerminal(),
  clock,
  env: { TERM: "xterm-256color", COLORTERM: "truecolor" },
  steering,
  interrupt: nothing,
  leave: new AbortController().signal,
});

let seq = 0;
const store = (event: RunEvent): void => {
  const entry: Entry = { v: 1, seq: ++seq, at: clock.now(), activeMs: 0, run: runId("20260102030405-0123abcd"), ...event };
  display.show({ kind: "entry", entry });
};
store({
  type: "run-start",
  question: "How should a web page be cached?",
  history: [],
  agents: AGENTS.map((name, index) => ({
    id: agentId(name),
    label: label(`agent${index + 1}`),
    backend: "gemini",
    model: "gemini-2.5-flash",
    system: "",
    presents: true,
  })),
  settings: DEFAULT_SETTINGS,
  program: "bench",
});
await feed(Number(process.argv[2] ?? 10), (name, text, n) => {
  const agent = agentId(name);
  const turn = turnId(agent, 1);
  const delta = { type: "text-delta", agent, turn, block: "b", delta: text } satisfies DeltaEvent;
  display.show({ kind: "delta", delta });
  // Every fifty pieces the merged text is stored, and now and then an answer.
  if (n % 200 < 4) store({ ...delta, delta: text.repeat(50) });
  if (n % 20_000 < 4)
    store({
      type: "answer-submitted",
      agent,
      turn,
      answer: answerId(agent, 1 + Math.floor(n / 20_000)),
      content: "An answer.",
      late: false,
    });
});
display.dispose();
process.exit(0);
