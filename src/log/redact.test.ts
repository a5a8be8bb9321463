import { describe, expect, test } from "vitest";
import type { Entry, RunEvent } from "../core/index.ts";
import { fakeIo } from "../testing/index.ts";
import { createMemoryLog, createRedactor, openFileLog, REDACTED } from "./index.ts";
import { A, everyEvent, RUN, T } from "./log.test-support.ts";

const SECRET = 'sk-"quoted"\\key/ä+1';
const forms: readonly (readonly [string, string])[] = [
  ["as it is", SECRET],
  ["JSON-escaped", JSON.stringify({ key: SECRET })],
  ["JSON-escaped inside JSON", JSON.stringify(JSON.stringify({ key: SECRET }))],
  ["in a URL", `https://x.test/?key=${encodeURIComponent(SECRET)}&b=1`],
  ["in a form", new URLSearchParams({ key: SECRET }).toString()],
  ["in base64", Buffer.from(SECRET).toString("base64")],
  ["in base64url", Buffer.from(SECRET).toString("base64url")],
  ["in base64 behind a user name", Buffer.from(`user:${SECRET}`).toString("base64")],
  ["in base64 behind two bytes", Buffer.from(`u:${SECRET}!`).toString("base64")],
];

/** Pieces of the secret that survive no encoding question: its middle, and the middle of its base64. */
function leaks(text: string): boolean {
  const decoded = [text, ...(text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).map((part) => Buffer.from(part, "base64").toString("latin1"))];
  return decoded.some((each) => each.includes("quoted") || each.includes("key/"));
}

describe("redaction", () => {
  test.each(forms)("a secret is taken out %s", (_, text) => {
    const redactor = createRedactor([SECRET]);
    const clean = redactor?.text(text) ?? text;
    expect(clean).toContain(REDACTED);
    expect(leaks(clean)).toBe(false);
  });

  test("a planted secret leaves every free field of every event type, in the entry, the file and the live view; metadata stays as it is", async () => {
    const io = fakeIo();
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [SECRET, "opaque-signature-1"] });
    const seen: string[] = [];
    log.follow((item) => void seen.push(JSON.stringify(item)));
    for (const event of Object.values(everyEvent(`before ${SECRET} after`, `opaque-signature-1`)) as RunEvent[]) {
      const entry = await log.append(event);
      const text = JSON.stringify(entry);
      expect(text, event.type).not.toContain("quoted");
      if (JSON.stringify(event).includes("quoted")) expect(text, event.type).toContain(REDACTED);
    }
    await log.close();
    const file = io.files.text("/run/events.jsonl") ?? "";
    expect(file).not.toContain("quoted");
    expect(seen.join()).not.toContain("quoted");
    expect(file.split("opaque-signature-1").length - 1).toBe(5);
  });

  test("ids and fixed words are never touched, even where a secret looks like them", async () => {
    const log = createMemoryLog({ run: RUN, io: fakeIo(), secrets: ["failed", "alice/1", "evaluation", "turn-end"] });
    const event = everyEvent("x", "y")["turn-end"];
    expect(await log.append(event)).toMatchObject(event);
    expect(
      await log.append({ ...event, failure: { ...event.failure, category: "network", code: "E_X", message: "it failed" } }),
    ).toMatchObject({
      type: "turn-end",
      turn: "alice/1",
      outcome: "failed",
      failure: { message: `it ${REDACTED}` },
    });
  });

  test("values under six characters are no secrets", () => {
    expect(createRedactor(["12345", ""])).toBeNull();
  });

  test.each(forms)("cut anywhere into three pieces, a secret is taken out of a stream %s", (_, secret) => {
    const text = `so ${secret} sk`;
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const stream = createRedactor([SECRET])?.stream();
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        const shown = pieces.map((piece) => stream?.push(piece)).join("") + (stream?.end() ?? "");
        if (!shown.includes(REDACTED) || leaks(shown) || !shown.startsWith("so ") || !shown.endsWith(" sk"))
          expect.fail(`${JSON.stringify(pieces)} became ${shown}`);
      }
    }
  });

  test("texts that arrive in turns, piece by piece, stay whole and apart, and a secret in each is found", async () => {
    const log = createMemoryLog({ run: RUN, io: fakeIo(), secrets: ["supersecret"] });
    const places = (["text-delta", "reasoning-delta"] as const).flatMap((type) => ["b", "c"].map((block) => ({ type, block })));
    const textOf = (n: number): string => `text ${n}: supersecret ${n}`;
    for (let at = 0; at < textOf(0).length; at += 5)
      for (const [n, place] of places.entries()) log.delta({ ...place, agent: A, turn: T, delta: textOf(n).slice(at, at + 5) });
    for (const block of ["b", "c"]) await log.append({ type: "text-end", agent: A, turn: T, block });
    log.delta({ type: "text-delta", agent: A, turn: T, block: "b", delta: "again" });
    await log.append({ type: "turn-end", agent: A, turn: T, outcome: "done" });
    const stored = new Map<string, string>();
    for await (const entry of log.entries()) {
      if (entry.type !== "text-delta" && entry.type !== "reasoning-delta") continue;
      const place = `${entry.type} ${entry.block}`;
      stored.set(place, (stored.get(place) ?? "") + entry.delta);
    }
    const expected = places.map(({ type, block }, n) => [`${type} ${block}`, `text ${n}: ${REDACTED} ${n}${n === 0 ? "again" : ""}`]);
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(expected));
  });

  test("a secret cut into single characters by the stream is neither shown nor stored", async () => {
    const io = fakeIo();
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: ["supersecret"] });
    let shown = "";
    log.follow((item) => void (item.kind === "delta" && (shown += item.delta.delta)));
    for (const [index, delta] of Array.from("so supersecret is sup").entries()) {
      log.delta({ type: "text-delta", agent: A, turn: T, block: "b", delta });
      if (index % 4 === 0) await io.clock.advance(200);
    }
    await log.append({ type: "text-end", agent: A, turn: T, block: "b" });
    await log.close();
    const stored: Entry[] = [];
    for await (const entry of log.entries()) stored.push(entry);
    const text = stored.flatMap((entry) => (entry.type === "text-delta" ? [entry.delta] : [])).join("");
    expect(text).toBe(`so ${REDACTED} is sup`);
    expect(shown).toBe(text);
    expect(stored.length).toBeGreaterThan(3);
  });
});
