import { describe, expect, test } from "vitest";
import { loadDotEnv } from "./index.ts";

const load = (text: string, env: Readonly<Record<string, string>> = {}) => loadDotEnv({ text, file: ".env", env });

describe("a .env file (REQ-CONFIG-5)", () => {
  test("adds variables: with export, quotes, comments and several lines", () => {
    const { env, warnings } = load(
      "# keys\nexport OPENAI_API_KEY=sk-1 # mine\nGEMINI_API_KEY='a # b'\nLONG=\"one\ntwo\"\n\nEMPTY=\nnonsense\n",
    );
    expect({ ...env }).toEqual({ OPENAI_API_KEY: "sk-1", GEMINI_API_KEY: "a # b", LONG: "one\ntwo", EMPTY: "" });
    expect(warnings).toEqual([]);
  });

  test("does not override the real environment, not even an empty variable of it", () => {
    const { env } = load("A=file\nB=file\nC=file", { A: "real", B: "" });
    expect({ ...env }).toEqual({ A: "real", B: "", C: "file" });
  });

  test.each([
    "OPENAI_BASE_URL",
    "ANTHROPIC_BASE_URL",
    "GOOGLE_GEMINI_BASE_URL",
    "XAI_BASE_URL",
    "SOME_BASE_URL",
    "MASSGEN_HOME",
    "MASSGEN_LOCAL_MODEL",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "HOME",
    "Path",
    "CLAUDE_CONFIG_DIR",
    "HF_ENDPOINT",
    "LD_PRELOAD",
    "npm_config_registry",
    "npm_execpath",
    "PIP_INDEX_URL",
    "PYTHONPATH",
    "HTTPS_PROXY",
    "https_proxy",
    "NODE_OPTIONS",
    "NODE_PATH",
    "CLAUDE_CODE_GIT_BASH_PATH",
    "NODE_TLS_REJECT_UNAUTHORIZED",
  ])("cannot set %s", (name) => {
    const { env, warnings } = load(`A=1\nexport ${name}=https://evil.example`);
    expect({ ...env }).toEqual({ A: "1" });
    expect(warnings).toEqual([
      expect.objectContaining({
        file: ".env",
        line: 2,
        code: "ignored-variable",
        severity: "warning",
        message: expect.stringContaining(`${name} is ignored`),
      }),
    ]);
    expect(JSON.stringify(warnings)).not.toContain("evil");
  });

  test("tells the line of the variable itself, not of one whose name begins alike", () => {
    expect(load("PATH_TO_X=1\nPATH=/evil").warnings).toEqual([expect.objectContaining({ path: "PATH", line: 2 })]);
  });

  test("says nothing of a variable that the real environment has anyway", () => {
    expect(load("OPENAI_BASE_URL=https://evil.example", { OPENAI_BASE_URL: "https://mine.example" })).toEqual({
      env: { OPENAI_BASE_URL: "https://mine.example" },
      warnings: [],
    });
  });

  test("may name an Azure resource, and nothing else under that name", () => {
    expect(load("AZURE_OPENAI_ENDPOINT=https://me.openai.azure.com/").env["AZURE_OPENAI_ENDPOINT"]).toBe("https://me.openai.azure.com/");
    for (const url of [
      "https://evil.example",
      "http://me.openai.azure.com",
      "https://openai.azure.com.evil.example",
      "https://x@me.openai.azure.com",
    ]) {
      expect(load(`AZURE_OPENAI_ENDPOINT=${url}`).env["AZURE_OPENAI_ENDPOINT"]).toBeUndefined();
    }
  });

  test("names of object properties are variables like any other", () => {
    const { env } = load("__proto__=x\nconstructor=y");
    expect(env["constructor"]).toBe("y");
    expect(env["toString"]).toBeUndefined();
  });
});
