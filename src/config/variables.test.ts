import { describe, expect, test } from "vitest";
import { backendWith, config, KEYS, line, onlyAgent, onlyServer, read, serverWith } from "./config.test-support.ts";

const env = { ...KEYS, TOKEN: "tok-123456", HOST: "mcp.example", A: "left", B: "right", EMPTY: "" };

describe("variables (REQ-CONFIG-6, REQ-CONFIG-26)", () => {
  test("are replaced in env, args, headers, urls and cwd, several in one value", async () => {
    const stdio = onlyServer(
      await config(
        serverWith("command: x", "args: ['--token=${TOKEN}', '${A}:${B}']", "env: {T: '${TOKEN}', E: '${EMPTY}'}", "cwd: /${A}"),
        { env },
      ),
    );
    expect(stdio.transport).toEqual({
      type: "stdio",
      command: "x",
      args: ["--token=tok-123456", "left:right"],
      env: { T: "tok-123456", E: "" },
      cwd: "/left",
    });
    const http = onlyServer(
      await config(serverWith("url: 'https://${HOST}/mcp?k=${TOKEN}'", "headers: {Authorization: 'Bearer ${TOKEN}'}"), { env }),
    );
    expect(http.transport).toMatchObject({ url: "https://mcp.example/mcp?k=tok-123456", headers: { Authorization: "Bearer tok-123456" } });
  });

  test("are replaced in api_key and base_url", async () => {
    const { backend } = onlyAgent(await config(backendWith("api_key: ${TOKEN}", "base_url: https://${HOST}/v1beta"), { env }));
    expect(backend).toMatchObject({ apiKey: "tok-123456", baseUrl: "https://mcp.example/v1beta" });
  });

  test("are replaced in the auth block of a server, at any depth, and remembered as secrets like written ones (REQ-OAUTH-8)", async () => {
    const loaded = await config(
      serverWith(
        "url: 'https://a.example/mcp'",
        "auth: {grant: cross_app, client_id: me, client_secret: '${TOKEN}', dpop: false, idp: {id_token: written-token-1}}",
      ),
      { env },
    );
    expect(onlyServer(loaded).extra["auth"]).toEqual({
      grant: "cross_app",
      client_id: "me",
      client_secret: "tok-123456",
      dpop: false,
      idp: { id_token: "written-token-1" },
    });
    expect(loaded.secrets).toEqual(expect.arrayContaining(["tok-123456", "written-token-1"]));
    expect(loaded.secrets).not.toContain("cross_app");
  });

  test("are left alone elsewhere, and so are other references", async () => {
    const loaded = await config(
      `agent: {system_message: 'say ${"${TOKEN}"}', backend: {type: gemini, mcp_servers: {s: {command: 'run ${"${TOKEN}"}', env: {K: '${"${keyring:K}"} ${"${file:/k}"} $A ${"${"}'}}}}}`,
      { env },
    );
    expect(onlyAgent(loaded).systemMessage).toBe("say ${TOKEN}");
    expect(onlyServer(loaded).transport).toMatchObject({ args: ["${TOKEN}"], env: { K: "${keyring:K} ${file:/k} $A ${" } });
  });

  test("what was put in, and keys of the environment, are secrets; values of up to three characters are not", async () => {
    const loaded = await config(serverWith("command: x", "args: ['${TOKEN}', '${EMPTY}', '${X}']"), { env: { ...env, X: "abc" } });
    expect(loaded.secrets).toEqual(["tok-123456", KEYS["GOOGLE_API_KEY"]]);
  });

  test("literal values under names that speak of secrets are secrets, too", async () => {
    const loaded = await config(serverWith("url: https://x.example", "headers: {Authorization: Bearer literal-token, Accept: text/plain}"));
    expect(loaded.secrets).toEqual(expect.arrayContaining(["Bearer literal-token", "literal-token"]));
    expect(loaded.secrets).not.toContain("text/plain");
  });

  test("every unset variable is named with its place", async () => {
    const { config: loaded, problems } = await read(serverWith("command: x", "args: [a, '${NO_1} ${NO_2}']", "env: {T: '${NO_3}'}"));
    expect(loaded).toBeNull();
    expect(problems.map(line)).toEqual([
      "7:19 The variable NO_1 in `args[1]` is not set; set it in the environment or in .env",
      "7:19 The variable NO_2 in `args[1]` is not set; set it in the environment or in .env",
      "8:18 The variable NO_3 in `T` is not set; set it in the environment or in .env",
    ]);
  });

  test("a server entry keeps where it refers to which of them (REQ-SECRUN-1)", async () => {
    const loaded = await config(
      serverWith("command: x", "args: [a, '--t=${TOKEN}${X}']", "env: {K: '${TOKEN}', L: plain}", "cwd: '${X}'"),
      { env: { ...env, X: "/srv" } },
    );
    expect(onlyServer(loaded).references).toEqual([
      { place: "args", variable: "TOKEN" },
      { place: "args", variable: "X" },
      { place: "env", variable: "TOKEN" },
      { place: "cwd", variable: "X" },
    ]);
    const remote = await config(
      serverWith(
        "url: 'https://${X}/mcp'",
        "headers: {Authorization: 'Bearer ${TOKEN}'}",
        "auth: {grant: client_credentials, client_id: a, client_secret: '${TOKEN}'}",
      ),
      { env: { ...env, X: "h.example" } },
    );
    expect(onlyServer(remote).references).toEqual([
      { place: "url", variable: "X" },
      { place: "headers", variable: "TOKEN" },
      { place: "auth", variable: "TOKEN" },
    ]);
    const stored = await config(serverWith("command: x", "args: ['${keyring:K}', $A]", "env: {F: '${file:/f}'}"));
    expect(onlyServer(stored).references).toEqual([
      { place: "args", variable: "keyring:K" },
      { place: "env", variable: "file:/f" },
    ]);
    expect(onlyServer(await config(serverWith("command: x", "args: [$A]")))).not.toHaveProperty("references");
  });

  test("properties of every object are no variables", async () => {
    expect((await read(backendWith("api_key: ${constructor}"))).problems.map(({ code }) => code)).toEqual(["unset-variable"]);
  });
});

describe("a check of the file alone (REQ-CONFIG-25)", () => {
  test("needs no key and no variable: unset ones are warnings, values stay as written", async () => {
    const outcome = await read(serverWith("url: 'https://${NO_HOST}/mcp'", "headers: {Authorization: 'Bearer ${NO_TOKEN}'}"), {
      env: {},
      mode: "check",
    });
    expect(outcome.problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["unset-variable", "warning"],
      ["unset-variable", "warning"],
    ]);
    expect(outcome.config?.agents[0]?.backend.mcpServers[0]?.transport).toMatchObject({ url: "https://${NO_HOST}/mcp" });
    expect(outcome.config?.secrets).toEqual([]);
  });

  test("finds the same mistakes of the file", async () => {
    const outcome = await read(backendWith("base_url: '${NO_URL}'", "temprature: 1"), { env: {}, mode: "check" });
    expect(outcome.problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["unset-variable", "warning"],
      ["near-miss", "error"],
    ]);
  });
});
