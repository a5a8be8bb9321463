// Which names, pages and tokens may speak to the server, on this machine and beyond it.
import { describe, expect, test } from "vitest";
import { refusalOf, type GuardOptions } from "./http-guard.ts";

const TOKEN = "0123456789abcdef";
const here: GuardOptions = { token: TOKEN, hosts: ["council.example"], beyond: false };
const asked = (
  given: { readonly host?: string | undefined; readonly origin?: string; readonly authorization?: string },
  guard = here,
): number => refusalOf({ host: "localhost", origin: undefined, authorization: `Bearer ${TOKEN}`, ...given }, guard)?.status ?? 200;
const status = (host: string | undefined, guard = here): number => asked({ host }, guard);

describe("who may speak to the server (REQ-SERVE-7, REQ-SERVE-8)", () => {
  test("its own names and the allowed ones; never another name, and another address only where it listens beyond this machine", () => {
    const beyond = { ...here, beyond: true };
    for (const host of ["localhost", "LOCALHOST:80", "127.0.0.1:1", "127.1.2.3", "[::1]:9", "council.example:443"])
      expect([host, status(host), status(host, beyond)]).toEqual([host, 200, 200]);
    for (const host of ["10.0.0.1", "10.0.0.1:99", "[fd00::1]:1"])
      expect([host, status(host), status(host, beyond)]).toEqual([host, 403, 200]);
    for (const host of [
      undefined,
      "",
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "user@localhost",
      "localhost evil",
      "a/b",
    ])
      expect([host, status(host), status(host, beyond)]).toEqual([host, 403, 403]);
  });

  test("a page's origin must be one of ours too", () => {
    for (const origin of ["http://localhost:3000", "https://council.example", "http://[::1]:1"]) expect(asked({ origin })).toBe(200);
    for (const origin of ["null", "", "https://evil.example", "file://", "http://localhost@evil.example", "chrome-extension://abc"])
      expect([origin, asked({ origin })]).toEqual([origin, 403]);
  });

  test("the whole token and nothing else", () => {
    for (const given of [`bearer ${TOKEN}`, `Bearer  ${TOKEN}`]) expect(asked({ authorization: given })).toBe(200);
    for (const given of [
      "",
      "Bearer",
      "Bearer ",
      TOKEN,
      `Bearer ${TOKEN}0`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN} ${TOKEN}`,
      `Basic ${TOKEN}`,
    ])
      expect([given, asked({ authorization: given })]).toEqual([given, 401]);
  });
});
