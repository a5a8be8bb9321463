import { expect, test } from "vitest";
import { BACKEND_TABLE } from "../config/index.ts";
import { baseUrlOf } from "./base-url.ts";

const row = BACKEND_TABLE["openai"]!;
const address = (baseUrl: string | null, env: Record<string, string> = {}) =>
  baseUrlOf({ config: { type: "openai", baseUrl }, row, io: { env } }, "v1");

test("an address that cannot be read is blamed on where it stands, whatever else is set", () => {
  const [variable = ""] = row.baseUrlVariables;
  expect(() => address("not one", { [variable]: "https://good.example/v1" })).toThrow("base_url is no http(s) address: not one");
  expect(() => address(null, { [variable]: "not one" })).toThrow(`${variable} is no http(s) address: not one`);
});

test("the configuration comes before the environment, and a bare host gets the version", () => {
  const [variable = ""] = row.baseUrlVariables;
  expect(address("https://mine.example/", { [variable]: "https://other.example/v1" })).toBe("https://mine.example/v1");
  expect(address(null, { [variable]: "https://other.example/v2/" })).toBe("https://other.example/v2");
});
