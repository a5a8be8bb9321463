// Lines out of bytes, whatever pieces they come in, within bounds.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineBuffer, OutputTail } from "./line-buffer.ts";

function collect(limit: number) {
  const lines: string[] = [];
  const oversize: { head: string; tail: string; bytes: number }[] = [];
  const buffer = new LineBuffer(limit, {
    line: (text) => lines.push(text),
    oversize: (head, tail, bytes) => oversize.push({ head, tail, bytes }),
  });
  return { buffer, lines, oversize };
}

describe("the line buffer", () => {
  test("gives every line whole however its bytes are cut, and throws the long ones away with their length", () => {
    const line = fc.string({ unit: "binary", maxLength: 60 }).map((text) => text.replaceAll("\n", " "));
    fc.assert(
      fc.property(
        fc.array(line, { size: "max", maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (texts, cuts) => {
          const { buffer, lines, oversize } = collect(64);
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
          for (let at = 0, n = 0; at < bytes.length; n += 1) {
            const size = cuts[n % cuts.length] ?? 1;
            buffer.push(bytes.subarray(at, at + size));
            at += size;
          }
          const clean = texts.map((text) => Buffer.from(text).toString("utf8"));
          expect(lines).toEqual(clean.filter((text) => Buffer.byteLength(text) <= 64 && text.trim() !== ""));
          expect(oversize.map(({ bytes: count }) => count)).toEqual(
            clean.map((text) => Buffer.byteLength(text)).filter((count) => count > 64),
          );
          expect(buffer.pending).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("keeps only the two ends of a line that is too long", () => {
    const { buffer, oversize } = collect(1_000);
    for (let n = 0; n < 100; n += 1) buffer.push(Buffer.from(n === 0 ? `BEGIN${"x".repeat(995)}` : "x".repeat(1_000)));
    expect(buffer.pending).toBe(100_000);
    buffer.push(Buffer.from("END\n"));
    expect(oversize).toMatchObject([
      { bytes: 100_003, head: expect.stringMatching(/^BEGINx+$/) as unknown, tail: expect.stringMatching(/^x+END$/) as unknown },
    ]);
    expect(oversize[0]?.head).toHaveLength(256);
  });
});

test("an output's tail is bounded and gives its last lines", () => {
  const tail = new OutputTail(50);
  for (let n = 0; n < 1_000; n += 1) tail.push(Buffer.from(`line ${n}\n\n`));
  expect(tail.last(2)).toBe("line 998\nline 999");
  expect(tail.last(1_000).length).toBeLessThanOrEqual(50);
});
