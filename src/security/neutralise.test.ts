import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hiddenKinds, neutralise, neutraliseLine } from "./neutralise.ts";

describe("REQ-SEC-5 text from outside", () => {
  test.each([
    ["ASCII with tabs and line ends", "a\tb\nc\r\nd"],
    ["umlauts, Greek, Cyrillic", "Grüße, Ελλάδα, Привет"],
    ["Hebrew and Arabic", "שלום עולם مرحبا"],
    ["Persian with its joiner", "می‌خواهم"],
    ["Devanagari with joiners", "क्‍ष र्‍य"],
    ["Chinese, Japanese, Korean", "你好 こんにちは 안녕하세요"],
    ["emoji with joiners, skin tones and flags", "👩‍👩‍👧 👍🏽 🏳️‍🌈 ❤️ 🇩🇪"],
    ["a tree of box characters", "├── a\n└── b"],
    ["combining marks", "é ạ̈"],
  ])("leaves %s as they are", (_says, text) => {
    expect(neutralise(text)).toBe(text);
    expect(hiddenKinds(text.replaceAll("\r\n", "\n"))).toEqual([]);
  });

  test.each([
    ["colours", "\u001b[31mred\u001b[0m", "red", "escape-sequence"],
    ["a cleared screen", "a\u001b[2J\u001b[Hb", "ab", "escape-sequence"],
    ["a window title", "a\u001b]0;owned\u0007b", "ab", "escape-sequence"],
    ["a hyperlink", "\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\", "click", "escape-sequence"],
    ["the clipboard", "\u001b]52;c;aGk=\u0007x", "x", "escape-sequence"],
    ["a device string", "\u001bPq#0\u001b\\x", "x", "escape-sequence"],
    ["8-bit escapes", "a\u009b31mb\u009d0;t\u009cc", "abc", "escape-sequence"],
    ["an escape that never ends", "a\u001b]0;text that stays", "a0;text that stays", "escape-sequence"],
    ["half an escape", "a\u001b", "a", "escape-sequence"],
    ["escapes inside escapes, whose rest is plain text", "\u001b\u001b[31m[32mx", "[32mx", "escape-sequence"],
    ["overwriting a line", "safe\rEVIL", "safeEVIL", "control"],
    ["backspaces, bells and NUL", "a\u0008\u0007\u0000b\u007f", "ab", "control"],
    ["turned reading direction", "a\u202egnp.exe\u2066x\u2069", "agnp.exex", "direction"],
    ["direction marks", "a\u200e\u200f\u061cb", "ab", "direction"],
    ["zero-width spaces", "a\u200b\u2060\ufeffb", "ab", "invisible"],
    ["joiners that join nothing", "a \u200d b", "a  b", "invisible"],
    ["joiners at the end", "ab\u200d\u200d", "ab", "invisible"],
    ["soft hyphens and fillers", "a\u00adb\u3164\uffa0c", "abc", "invisible"],
    ["Unicode line separators", "a\u2028b\u2029c", "a\nb\nc", "invisible"],
    ["orders in tags", `x${String.fromCodePoint(0xe0001, 0xe0068, 0xe0069, 0xe007f)}y`, "xy", "tag"],
    ["bytes in variation selectors", `x${String.fromCodePoint(0xe0101, 0xe0110)}\ufe01\ufe02\ufe03y`, "x\ufe01y", "tag"],
    ["lone surrogates", "a\ud800b\udc00c", "abc", "surrogate"],
  ])("takes out %s", (...[, text, clean, kind]) => {
    expect(neutralise(text)).toBe(clean);
    expect(hiddenKinds(text)).toContain(kind);
  });

  test("is the same when done twice, and leaves nothing that acts", () => {
    const sign = fc.oneof(
      fc.constantFrom(
        "\u001b",
        "[",
        "]",
        "3",
        "m",
        "\u0007",
        "\\",
        "\u009b",
        "\u202e",
        "\u200d",
        "\u200b",
        "a",
        "क",
        "👩",
        "\ud800",
        "\udc00",
        "\r",
        "\n",
        "\ufe0f",
        "\ufe0e",
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(sign, { size: "max", maxLength: 60 }).map((signs) => signs.join("")),
        (text) => {
          const clean = neutralise(text);
          expect(neutralise(clean)).toBe(clean);
          expect(hiddenKinds(clean.replaceAll("\r\n", "\n"))).toEqual([]);
          expect(clean).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          expect(neutraliseLine(text)).not.toMatch(/[\r\n\t]/);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("takes time in proportion to the text, however it was made", () => {
    for (const piece of ["\u001b]", "\u009d", "\u001b[", "\u200d", "\ufe0f", "\u001b\u001b", "\ud800"])
      expect(neutralise(piece.repeat(300_000)).length).toBeLessThan(300_001 * piece.length);
  });

  test("one line is short, without breaks, and never ends in half a character", () => {
    expect(neutraliseLine(" a\n\tb\u001b[1m  c ")).toBe("a b c");
    expect(neutraliseLine("👍".repeat(20), 11)).toBe(`${"👍".repeat(5)}…`);
    expect(neutraliseLine("x".repeat(2_000))).toHaveLength(500);
  });
});
