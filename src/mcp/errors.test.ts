// The error classes: fields, text, JSON, chains; and contexts that hold no secret.
import { describe, expect, test } from "vitest";
import { ERROR_REGISTRY, MassgenError } from "../errors/index.ts";
import * as errors from "./errors.ts";

const {
  cleanContext,
  formatErrorChain,
  MCPAuthenticationError,
  MCPConfigurationError,
  MCPConnectionError,
  MCPError,
  MCPResourceError,
  MCPServerError,
  MCPTimeoutError,
  MCPValidationError,
} = errors;

describe("the MCP errors", () => {
  test.each([
    [
      new MCPConnectionError("x", { serverName: "s", transportType: "stdio", host: "h", port: 1, retryCount: 2 }),
      "E_MCP_CONNECT",
      { server_name: "s", transport_type: "stdio", host: "h", port: 1, retry_count: 2 },
    ],
    [
      new MCPServerError("x", { serverName: "s", serverCode: -32603, httpStatus: 500, responseData: { a: 1 } }),
      "E_MCP_SERVER",
      { server_error_code: -32603, server_name: "s", http_status: 500, response_data: { a: 1 } },
    ],
    [
      new MCPValidationError("x", { field: "f", value: "v".repeat(200), expectedType: "t", validationRule: "r" }),
      "E_MCP_VALIDATION",
      { field: "f", value: `"${"v".repeat(99)}`, expected_type: "t", validation_rule: "r" },
    ],
    [
      new MCPTimeoutError("x", { timeoutSeconds: 5, operation: "call", elapsedSeconds: 6, serverName: "s" }),
      "E_MCP_TIMEOUT",
      { timeout_seconds: 5, operation: "call", elapsed_seconds: 6, server_name: "s" },
    ],
    [
      new MCPAuthenticationError("x", { authType: "bearer", username: "u", serverName: "s", permissionRequired: "p" }),
      "E_MCP_AUTH",
      { auth_type: "bearer", username: "u", server_name: "s", permission_required: "p" },
    ],
    [
      new MCPConfigurationError("x", { configFile: "c", configSection: "s", missingKeys: ["k"] }),
      "E_MCP_CONFIG",
      { config_file: "c", config_section: "s", missing_keys: ["k"] },
    ],
    [
      new MCPResourceError("x", { resourceType: "t", resourceId: "i", operation: "o", serverName: "s" }),
      "E_MCP_RESOURCE",
      { resource_type: "t", resource_id: "i", operation: "o", server_name: "s" },
    ],
  ])("carry the reference's fields in their context (%#) (REQ-MCP-37)", (error, code, context) => {
    expect(error).toBeInstanceOf(MCPError);
    expect(error).toBeInstanceOf(MassgenError);
    expect(error.code).toBe(code);
    expect(error.context).toEqual(context);
    expect(error.toJSON()).toMatchObject({
      error_type: error.constructor.name,
      message: "x",
      code,
      context,
      next: ERROR_REGISTRY[error.code].next,
    });
  });

  test("say their code and context in their text, and their causes in a chain", () => {
    const cause = new TypeError("inner");
    const error = new MCPConnectionError("outer", { serverName: "s" }, { cause, errorCode: "E1", timestamp: 5 });
    expect(String(error)).toBe("outer | Code: E1 | Context: server_name=s");
    expect(formatErrorChain(error)).toBe("MCPConnectionError: outer -> TypeError: inner");
    expect(error.timestamp).toBe(5);
    const circular = new Error("a");
    circular.cause = circular;
    expect(formatErrorChain(circular).length).toBeLessThan(200);
  });
});

describe("a context", () => {
  test("hides secrets by key at any depth, all values of env and headers, and nothing that only sounds alike (REQ-MCP-38)", () => {
    expect(
      cleanContext({
        author: "a",
        keyword: "b",
        monkey: "c",
        tokens_used: 5,
        api_key: "S",
        "X-Api-Key": "S",
        Authorization: "S",
        refresh_token: "S",
        clientSecret: "S",
        githubToken: "S",
        config: { args: ["x"], env: { PLAIN: "S", OTHER: "S" }, headers: { Accept: "S" }, list: [{ password: "S" }] },
      }),
    ).toEqual({
      author: "a",
      keyword: "b",
      monkey: "c",
      tokens_used: 5,
      api_key: "[hidden]",
      "X-Api-Key": "[hidden]",
      Authorization: "[hidden]",
      refresh_token: "[hidden]",
      clientSecret: "[hidden]",
      githubToken: "[hidden]",
      config: {
        args: ["x"],
        env: { PLAIN: "[hidden]", OTHER: "[hidden]" },
        headers: { Accept: "[hidden]" },
        list: [{ password: "[hidden]" }],
      },
    });
  });
});
