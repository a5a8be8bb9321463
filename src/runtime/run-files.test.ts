// A run waits for files before a turn that is told of them, and before its end; it never waits for them when it is interrupted.
import { describe, expect, test } from "vitest";
import { answerId, type AnswerId, type TurnPlan } from "../core/index.ts";
import type { OpenRunFiles, RunFiles, RunPorts } from "../workspaces/contract.ts";
import { council, id, ofType, testRun } from "./run.test-support.ts";

type FakeFiles = RunFiles & {
  ports: RunPorts;
  ready: boolean;
  settled: boolean;
  readonly asked: (AnswerId | null)[];
  readonly closed: boolean[];
};

function fakeFiles(): { readonly files: FakeFiles; readonly open: OpenRunFiles } {
  const files: FakeFiles = {
    ports: { record: async () => undefined, changed: () => undefined },
    ready: true,
    settled: true,
    asked: [],
    closed: [],
    noticed: () => undefined,
    begin: () => undefined,
    isReady: ({ kind }: TurnPlan) => kind === "first" || files.ready,
    wordsFor: ({ kind }) => (kind === "first" ? "Your folder is here." : "The files lie there."),
    isSettled: (winner) => (files.asked.push(winner), files.settled),
    presenterWords: () => "Two files were carried over.",
    close: async ({ clear }) => void files.closed.push(clear),
  };
  return { files, open: (ports) => ((files.ports = ports), files) };
}

const team = { alice: council("twelve", () => true), bob: council("13", (content) => content === "twelve") };

describe("REQ-WORKSPACE-2 files and the turns of a run", () => {
  test("an evaluation begins once its files are there, and its prompt says where", async () => {
    const { files, open } = fakeFiles();
    files.ready = false;
    const run = testRun(team, { openFiles: open });
    await run.clock.advance(5_000);
    const before = await run.entries();
    expect(ofType(before, "turn-start").map(({ kind }) => kind)).toEqual(["first", "first"]);
    expect(ofType(before, "answer-submitted")).toHaveLength(2);
    files.ready = true;
    files.ports.changed();
    expect((await run.finish()).winner?.id).toBe(id("alice"));
    const prompts = ofType(await run.entries(), "turn-start").map(({ prompt }) => prompt.split("\n\n")[0]);
    expect(prompts).toEqual(["Your folder is here.", "Your folder is here.", "The files lie there.", "The files lie there."]);
  });

  test("the presentation begins once the winner's files are kept, and is told of them", async () => {
    const { files, open } = fakeFiles();
    files.settled = false;
    const run = testRun(team, { openFiles: open });
    await run.clock.advance(60_000);
    expect(ofType(await run.entries(), "presentation-start")).toEqual([]);
    expect(files.asked.at(-1)).toBe(answerId(id("alice"), 1));
    files.settled = true;
    files.ports.changed();
    await run.finish();
    expect(ofType(await run.entries(), "presentation-start")[0]?.prompt).toMatch(/^Two files were carried over\./);
    expect(files.closed).toEqual([true]);
  });

  test("an interrupted run does not wait for files, and leaves clearing away to the next", async () => {
    const { files, open } = fakeFiles();
    files.settled = false;
    const run = testRun(team, { openFiles: open });
    await run.clock.advance(60_000);
    run.run.steering.cancel();
    expect((await run.finish()).exitCode).toBe(130);
    expect(files.closed).toEqual([false]);
  });
});
