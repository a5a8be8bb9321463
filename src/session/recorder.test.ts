import { expect, test } from "vitest";
import type { RunEvent } from "../core/index.ts";
import { SessionRecorder } from "./recorder.ts";

const note = (message: string): RunEvent => ({ type: "warning", code: "E_X", message });

function listening(): { readonly seen: string[]; end(): void; readonly record: (event: RunEvent) => Promise<void>; isOver(): boolean } {
  const seen: string[] = [];
  let over = false;
  return {
    seen,
    end: () => void (over = true),
    isOver: () => over,
    record: async (event) => void seen.push(event.type === "warning" ? event.message : event.type),
  };
}

test("what comes between two runs, or behind the end of one that is still attached, is the first of the next", async () => {
  const recorder = new SessionRecorder();
  const [first, second] = [listening(), listening()];
  await recorder.record(note("before"));
  await recorder.attach(first);
  await recorder.record(note("within"));
  first.end();
  await recorder.record(note("behind the end"));
  recorder.detach();
  await recorder.record(note("between"));
  await recorder.attach(second);
  expect([first.seen, second.seen]).toEqual([
    ["before", "within"],
    ["behind the end", "between"],
  ]);
});

test("what happens while the facts that waited are stored comes behind them", async () => {
  const recorder = new SessionRecorder();
  const run = listening();
  for (const message of ["first", "second", "third"]) await recorder.record(note(message));
  const attached = recorder.attach(run);
  await recorder.record(note("meanwhile"));
  await attached;
  expect(run.seen).toEqual(["first", "second", "third", "meanwhile"]);
});
