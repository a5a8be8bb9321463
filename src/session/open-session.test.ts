// What a session leaves behind when it is closed early, or when something goes wrong before a run has begun.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfigText } from "../config/index.ts";
import { runId } from "../core/index.ts";
import { createIo } from "../io/index.ts";
import { chatServer, councilScript, fakeIo, type ChatServer } from "../testing/index.ts";
import { openSession, type OpenedSession } from "./open-session.ts";
import { openQuestionLog } from "./run-log.ts";

async function sessionWith(server: ChatServer): Promise<OpenedSession> {
  const folder = mkdtempSync(join(tmpdir(), "massgen-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key" };
  const { config } = await parseConfigText(JSON.stringify({ agent: { id: "a", backend } }), null, { env: {} });
  if (config === null) throw new Error("the configuration is wrong");
  return openSession(config, { io: { ...createIo(), cwd: folder }, logs: true, strict: false, yes: false });
}

const ignore = (): void => undefined;

describe("a session", () => {
  test("that is closed lets no question begin: neither one whose log is just being opened, nor one that waits, nor a later one", async () => {
    await using server = await chatServer(councilScript());
    const session = await sessionWith(server);
    const asked = [session.ask("first?", [], ignore), session.ask("second?", [], ignore)];
    const outcomes = Promise.allSettled(asked.map(({ result }) => result));
    await session.close();
    const refused = { status: "rejected", reason: { code: "E_USAGE", message: "The session is closed." } };
    expect(await outcomes).toMatchObject([refused, refused]);
    await expect(session.ask("third?", [], ignore).result).rejects.toMatchObject({ code: "E_USAGE" });
    expect(server.requests).toEqual([]);
  });

  test("lets go of a log that could not be taken up, so that it can be taken up again", async () => {
    await using server = await chatServer(councilScript());
    const session = await sessionWith(server);
    const result = await session.ask("one?", [], ignore).result;
    const folder = result.runPath ?? "";
    const failing = session.resume(folder, () => {
      throw new Error("no terminal");
    });
    await expect(failing.result).rejects.toThrow("no terminal");
    expect((await session.resume(folder, ignore).result).answer).toBe(result.answer);
    await session.close();
  });
});

test("a new run's folder is let go of where what belongs beside its log cannot be written", async () => {
  const io = fakeIo();
  const full = { ...io, files: { ...io.files, replace: () => Promise.reject(new Error("no space left")) } };
  const run = runId("20260102030405-0123abcd");
  await expect(openQuestionLog({ io: full, root: "/w", secrets: [], origin: null }, run, { first: run, n: 1 })).rejects.toThrow("no space");
  expect(io.files.paths().filter((path) => path.endsWith(".lock"))).toEqual([]);
});
