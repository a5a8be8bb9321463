import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawn } from "../testing/effort.test-support.ts";
import { checkFiles, parseConfigText } from "./index.ts";
import { MAX_BYTES } from "./limits.ts";

const MIB = MAX_BYTES;
const fill = (text: string, size = MIB): string => text.repeat(Math.floor(size / text.length));
const rows = (count: number, row: (index: number) => string): string => Array.from({ length: count }, (_, index) => row(index)).join("\n");
const levels = "abcdefghij".split("");

/** Inputs made to cost time or memory, and the one thing that is said about each. */
const HOSTILE: readonly (readonly [string, string, string])[] = [
  ["brackets without end", fill("["), "too-deep"],
  ["brackets, all closed", fill("[", MIB / 2) + fill("]", MIB / 2), "too-deep"],
  ["mappings in mappings", fill("{a: "), "too-deep"],
  ["list items in one line", fill("- "), "too-deep"],
  ["question marks", fill("? "), "too-deep"],
  ["ever deeper lines", rows(1400, (index) => `${" ".repeat(index)}a:`), "too-deep"],
  ["65 levels", `${"[".repeat(66)}${"]".repeat(66)}`, "too-deep"],
  ["one key, many times", fill("a:\n"), "too-many"],
  ["many keys", rows(60_000, (index) => `key${index}: 1`), "too-many"],
  ["only comments", fill("#\n"), "too-many"],
  ["only line ends", fill("\n"), "too-many"],
  ["only blanks", fill(" "), "empty"],
  ["document marks", fill("---\n"), "too-many"],
  ["a list of ones", `[${fill("1,", MIB - 2)}]`, "too-many"],
  ["aliases in a row", `a: &a 1\nb: [${fill("*a,", MIB - 20)}]`, "too-many"],
  ["closing brackets", fill("}\n"), "too-many"],
  ["directives", fill("%\n"), "too-many"],
  ["tags", fill("! "), "too-many"],
  ["anchors", fill("&a "), "too-many"],
  ["quotes", fill('"'), "too-many"],
  ["a key of a megabyte", `${"x".repeat(MIB - 2)}:`, "yaml-syntax"],
  ["more than a megabyte", "x".repeat(MIB + 1), "too-large"],
  [
    "an alias bomb",
    rows(
      levels.length,
      (index) =>
        `${levels[index]}: &${levels[index]} [${
          index === 0
            ? Array(10).fill("x").join(",")
            : Array(10)
                .fill(`*${levels[index - 1]}`)
                .join(",")
        }]`,
    ),
    "too-many",
  ],
  [
    "a bomb of merge keys",
    rows(4000, (index) => `b${index}: &b${index} {${index === 0 ? "k: 1" : `<<: *b${index - 1}, k${index}: 1`}}`),
    "too-many",
  ],
  ["a deep alias", `a: &a ${"[".repeat(40)}${"]".repeat(40)}\nb: ${"[".repeat(40)}*a${"]".repeat(40)}`, "too-deep"],
  ["a cycle through a mapping", "agents: &a\n  x: {y: *a}", "yaml-cycle"],
  ["a cycle through a merge key", "agents: &a\n  <<: *a", "yaml-cycle"],
];

describe("hostile files are refused after bounded work (REQ-CONFIG-12)", () => {
  test.each(HOSTILE)("%s", async (_, text, code) => {
    const { config, problems } = await parseConfigText(text, "team.yaml", { env: {} });
    expect(config).toBeNull();
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.length).toBeLessThanOrEqual(100);
  });

  test("JSON of the same kind", async () => {
    for (const text of [fill("["), fill('{"a":'), `[${fill("1,", MIB - 2)}`, `[${fill("1,", MIB - 3)}1]`, `"${"x".repeat(MIB - 3)}`]) {
      const { config, problems } = await parseConfigText(text, "team.json", { env: {} });
      expect(config).toBeNull();
      expect(problems).toHaveLength(1);
    }
  });

  test("a thousand mistakes are told up to a hundred", async () => {
    const { problems } = await parseConfigText(
      rows(1000, (index) => `k${index}x: 1`),
      "team.yaml",
      { env: {} },
    );
    expect(problems).toHaveLength(100);
  });
});

const SECRETS = ["Zq7vXw3kPt", "Jh5nRb8mLs", "Wd2yTg6cFx", "Vk9sEa4uQj", "Bn3oIz1pHr"];
const [KEY = "", ARG = "", ENV = "", HEADER = "", VARIABLE = ""] = SECRETS;
const VALID = [
  `agents:
  - id: alice
    backend:
      type: gemini
      api_key: sk-${KEY}
      temperature: 0.7
      enable_web_search: true
      mcp_servers:
        - name: weather
          type: stdio
          command: npx
          args: ["-y", "weather-mcp", "--token=${ARG}"]
          env: {API_TOKEN: "${ENV}", REGION: "\${SECRET_REGION}"}
        - name: remote
          type: streamable-http
          url: https://mcp.example.com/mcp?key=${ARG}
          headers:
            Authorization: Bearer ${HEADER}
          security: {level: strict}
    system_message: |
      Be brief.
  - backend: {model: gpt-5-nano, api_key: "\${SECRET_REGION}", reasoning: {effort: low}}
timeout_settings:
  orchestrator_timeout_seconds: 30
orchestrator: &o {seed: 3, early_decision: false}
budget: {max_cost_usd: 1.5}
ui:
  display_type: simple
`,
  JSON.stringify(
    {
      agent: {
        id: "a",
        backend: {
          type: "claude_code",
          api_key: KEY,
          mcp_servers: { s: { command: "node", args: ["--token", ARG], env: { TOKEN: ENV } } },
          allowed_tools: ["Read"],
        },
      },
      ui: null,
    },
    null,
    1,
  ),
];
const SNIPPETS = [
  "\t",
  "\n",
  "\0",
  ": ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "&a ",
  "*a",
  "<<: *o",
  "!x ",
  "---\n",
  "# ",
  "null",
  "~",
  "${",
  "${NO}",
  "\ud800",
  "\u202e",
  "е",
  "api_key: ",
  "type: ",
  "agents:",
  "__proto__: ",
  "1e999",
  "-1",
  ".nan",
  "|\n",
  ">\n",
  "? ",
  "%YAML 1.1\n",
  "\uFEFF",
  "x".repeat(200),
  ",",
  "\\",
  "@",
  "`",
];

type Change = {
  readonly kind: "delete" | "insert" | "copy" | "indent" | "join";
  readonly at: number;
  readonly length: number;
  readonly snippet: string;
};
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("delete" as const, "insert" as const, "copy" as const, "indent" as const, "join" as const),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 30 }),
  snippet: fc.constantFrom(...SNIPPETS),
});

function mutate(text: string, { kind, at, length, snippet }: Change): string {
  const from = Math.floor(at * text.length);
  const lineEnd = text.indexOf("\n", from);
  switch (kind) {
    case "delete":
      return text.slice(0, from) + text.slice(from + length);
    case "insert":
      return text.slice(0, from) + snippet + text.slice(from);
    case "copy":
      return text.slice(0, from) + text.slice(Math.max(0, from - length), from) + text.slice(from);
    case "indent":
      return lineEnd === -1 ? text : `${text.slice(0, lineEnd + 1)} ${text.slice(lineEnd + 1)}`;
    case "join":
      return lineEnd === -1 ? text : text.slice(0, lineEnd) + text.slice(lineEnd + 1);
  }
}

/** Any seven characters of a planted secret in a row count as a leak. */
const LEAKS = SECRETS.flatMap((secret) => Array.from({ length: secret.length - 6 }, (_, start) => secret.slice(start, start + 7)));

describe("files with random damage", () => {
  const damaged = fc
    .tuple(fc.constantFrom(0, 1), fc.array(change, { minLength: 1, maxLength: 8, size: "max" }))
    .map(([which, changes]) => ({
      text: changes.reduce(mutate, VALID[which] ?? ""),
      file: which === 0 ? "team.yaml" : "team.json",
    }));
  const env = { SECRET_REGION: VARIABLE };

  test("the undamaged files load", async () => {
    for (const [index, text] of VALID.entries()) {
      const { config, problems } = await parseConfigText(text, index === 0 ? "team.yaml" : "team.json", { env });
      expect([problems, config?.agents.length]).toEqual([[], 2 - index]);
      for (const secret of SECRETS.filter((planted) => text.includes(planted)))
        expect(
          config?.secrets.some((value) => value.includes(secret)),
          secret,
        ).toBe(true);
    }
  });

  test("never make loading throw, and every problem has a place and a sentence (REQ-CONFIG-12)", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom("run" as const, "check" as const), async ({ text, file }, mode) => {
        const { config, problems } = await parseConfigText(text, file, { env, mode });
        const lines = text.split("\n").length;
        expect(problems.length).toBeLessThanOrEqual(100);
        expect(config === null).toBe(problems.some(({ severity }) => severity === "error"));
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(lines);
          expect(problem.message).toMatch(/^[^\p{Cc}]{5,400}$/u);
        }
      }),
      { numRuns: drawn({ short: 50, usual: 500 }) },
    );
  });

  test("never show a secret (REQ-CONFIG-11)", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async ({ text, file }) => {
        const { problems } = await parseConfigText(text, file, { env });
        const said = JSON.stringify(problems);
        expect(LEAKS.filter((leak) => said.includes(leak))).toEqual([]);
      }),
      { numRuns: drawn({ short: 50, usual: 500 }) },
    );
  });

  test("a secret that got to any other place of a file is not shown either (REQ-CONFIG-11)", async () => {
    const [text = ""] = VALID;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length }), fc.constantFrom(`sk-${KEY}`, ENV, HEADER, ARG), async (at, secret) => {
        const { problems } = await parseConfigText(text.slice(0, at) + secret + text.slice(at), "team.yaml", { env });
        const said = JSON.stringify(problems);
        expect(LEAKS.filter((leak) => said.includes(leak))).toEqual([]);
      }),
      { numRuns: drawn({ short: 50, usual: 500 }) },
    );
  });

  test("random bytes are told, not thrown (REQ-CONFIG-12)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200, size: "max" }), async (bytes) => {
        const { ok, problems } = await checkFiles(["team.yaml"], {
          files: { read: () => Promise.resolve(bytes) },
          env: {},
          examples: null,
        });
        expect(ok).toBe(false);
        expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: drawn({ short: 20, usual: 200 }) },
    );
  });
});

describe("secrets in well-formed mistakes (REQ-CONFIG-11)", () => {
  const WRONG = [
    ["a key that is a list", `agent: {backend: {type: gemini, api_key: [${KEY}]}}`],
    ["a key as a type", `agent: {backend: {type: sk-${KEY}1234567890}}`],
    ["a key as a display", `agent: {backend: {type: gemini}}\nui: {display_type: sk-${KEY}1234567890}`],
    ["a key as a key", `agent: {backend: {type: gemini, sk-${KEY}1234567890: x}}`],
    ["a token as a number", `agent: {backend: {type: gemini, mcp_servers: {s: {command: x, env: [${ENV}]}}}}`],
    ["a password in a url", `agent: {backend: {type: gemini, base_url: 'https://me:${KEY}@example.com'}}`],
    [
      "a header as text",
      `agent: {backend: {type: gemini, mcp_servers: {s: {url: 'https://x.example', headers: 'Authorization: ${HEADER}'}}}}`,
    ],
    ["a secret in a command with an open quote", `agent: {backend: {type: gemini, mcp_servers: {s: {command: "x 'token ${ARG}"}}}}`],
    ["a broken line with a secret", `agent: {backend: {type: gemini, api_key: "${KEY}" "${ARG}"}}`],
    ["a value known to be secret under another key", `agent: {id: [], backend: {type: gemini, api_key: ${KEY}, temperature: ${KEY}}}`],
  ] as const;

  test.each(WRONG)("%s", async (_, text) => {
    const { problems } = await parseConfigText(text, "team.yaml", { env: {} });
    expect(problems.some(({ severity }) => severity === "error")).toBe(true);
    expect(LEAKS.filter((leak) => JSON.stringify(problems).includes(leak))).toEqual([]);
  });
});
