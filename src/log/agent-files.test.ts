// The text files beside a log: made from it, made anew by a resumed run, never a harm to it.
import { describe, expect, test } from "vitest";
import { fakeIo } from "../testing/index.ts";
import { followWithAgentFiles, openFileLog } from "./index.ts";
import { everyEvent, RUN } from "./log.test-support.ts";

describe("text files of a run", () => {
  test("what an agent said and did, and the final answer, are written beside the log; a resumed run makes them anew", async () => {
    const io = fakeIo();
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
    const files = followWithAgentFiles({ log, folder: "/run", io });
    const events = everyEvent("words", "o");
    const entries = [];
    for (const type of [
      "run-start",
      "turn-start",
      "text-delta",
      "answer-submitted",
      "vote-submitted",
      "tool-call",
      "tool-result",
      "turn-end",
      "presentation-end",
      "run-end",
    ] as const) {
      entries.push(await log.append(events[type]));
    }
    await files.close();
    await log.close();
    const text = io.files.text("/run/agent_outputs/alice.txt") ?? "";
    for (const part of ["turn alice/1", "words", "[answer alice.1", "[vote for alice.1]", "[tool words]", "[turn failed]"])
      expect(text).toContain(part);
    expect(io.files.text("/run/final/answer.md")).toBe("words\n");
    const status = io.files.text("/run/agent_outputs/system_status.txt") ?? "";
    for (const part of ["Question: words", "State: finished", "  alice", "answers: 1, turns: 1", "alice votes", "the run ends: "])
      expect(status).toContain(part);
    const again = fakeIo({ files: io.files });
    const other = await openFileLog({ run: RUN, folder: "/other", io: again, secrets: [] });
    await followWithAgentFiles({ log: other, folder: "/run", io: again, before: entries }).close();
    expect(io.files.text("/run/agent_outputs/alice.txt")).toBe(text);
  });

  test("what arrives while the status is written is not left behind, though nothing follows it", async () => {
    const io = fakeIo();
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
    const events = everyEvent("words", "o");
    let reached: () => void = () => undefined;
    const writing = new Promise<void>((resolve) => (reached = resolve));
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const replace = async (path: string, content: string | Uint8Array): Promise<void> => {
      if (path.endsWith("system_status.txt")) {
        reached();
        await held;
      }
      await io.files.replace(path, content);
    };
    const slow = { ...io, files: Object.assign(Object.create(io.files) as typeof io.files, { replace }) };
    const files = followWithAgentFiles({ log, folder: "/run", io: slow });
    await log.append(events["run-start"]);
    await io.clock.advance(0);
    await writing;
    await log.append(events["run-end"]);
    goOn();
    await files.close();
    await log.close();
    expect(io.files.text("/run/final/answer.md")).toBe("words\n");
  });

  test("a full disk costs the text files, with one warning, and not the run", async () => {
    const io = fakeIo();
    const full = fakeIo();
    full.files.failFrom(1, "ENOSPC");
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
    const files = followWithAgentFiles({ log, folder: "/run", io: full });
    const events = everyEvent("words", "o");
    for (const type of ["run-start", "turn-start", "text-delta", "run-end"] as const) await log.append(events[type]);
    await files.close();
    await log.close();
    expect((io.files.text("/run/events.jsonl") ?? "").split("text files of this run are incomplete").length).toBe(2);
  });
});
