// The text files of a run in the folder of a conversation of several questions, written by the built program.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { chatServer, councilScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

test("every question keeps its own agents' files, status, presentation and answer (REQ-UI-10)", async () => {
  server = await chatServer(councilScript({ answer: (_, n) => `Answer ${n} \u001B[31mred`, presentation: "Presented." }));
  const folder = temporaryFolder();
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key-000" };
  const config = writeConfig(folder, { agents: ["alice", "bob"].map((id) => ({ id, backend })) });
  for (const args of [["First?"], ["--continue", "Second?"]]) {
    const { code, stderr } = await runCli(["--config", config, ...args], { cwd: folder });
    expect(code, stderr).toBe(0);
  }
  const [conversation = "", ...others] = readdirSync(join(folder, "massgen_logs"));
  expect(others).toEqual([]);
  for (const [n, question] of [
    [1, "First?"],
    [2, "Second?"],
  ] as const) {
    const read = (...path: string[]): string => readFileSync(join(folder, "massgen_logs", conversation, `question_${n}`, ...path), "utf8");
    const status = read("agent_outputs", "system_status.txt");
    expect(status).toContain(`Question: ${question}`);
    expect(status).toMatch(
      /State: finished \(answered\)[\s\S]*alice[\s\S]*bob[\s\S]*the run ends: answered, the answer is (alice|bob)\.1\n$/,
    );
    for (const agent of ["alice", "bob"]) {
      const said = read("agent_outputs", `${agent}.txt`);
      expect(said).toContain(`Agent ${agent} (chatcompletion scripted)\nQuestion: ${question}\n`);
      expect(said).toContain(`[answer ${agent}.1]`);
      expect(said).not.toContain("\u001B");
    }
    const winner = /the answer is (\w+)\.1/.exec(status)?.[1];
    expect(read("agent_outputs", `final_presentation_${winner}.txt`)).toBe("Presented.\n");
    expect(read("final", "answer.md")).toBe("Presented.\n");
  }
});
