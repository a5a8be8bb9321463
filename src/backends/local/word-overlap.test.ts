import { describe, expect, test } from "vitest";
import { contentWords, wordOverlap } from "./word-overlap.ts";

const tool = (name: string, description: string, properties: Record<string, unknown> = {}) => ({
  tool: name,
  description,
  inputSchema: { type: "object", properties },
});
const SUM = tool("get-sum", "Returns the sum of two numbers");
const ECHO = tool("echo", "Echoes back the input string");

describe("REQ-LOCAL-8 words that a question and a tool share", () => {
  test.each<[string, number, number]>([
    ["What is the sum of 7 and 5?", 1.5, 0],
    ["Add 12 and 30 with the get-sum tool.", 2, 0],
    ["Use the echo tool to say hello world.", 0, 1.75],
    ["What is the capital of France?", 0, 0],
    ["7 + 5?", 0, 0],
  ])("%s", (question, sum, echo) => {
    expect([wordOverlap(question, SUM), wordOverlap(question, ECHO)]).toEqual([sum, echo]);
  });

  test("what a tool's arguments may be counts too", () => {
    const weather = tool("get_weather", "The forecast", { location: { enum: ["Oslo", "Bergen"] } });
    expect(wordOverlap("How is it in Bergen?", weather)).toBe(1);
  });

  test("endings that only inflect are no difference", () => {
    for (const forms of ["read reads reading", "note notes noted noting", "query queries", "box boxes", "class classes"]) {
      expect(new Set(contentWords(forms)).size).toBe(1);
    }
  });
});
