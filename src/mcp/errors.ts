// The errors of the MCP layer, with the class names and fields of the Python release, stable codes, and contexts that hold no secret.
import { MassgenError, type ErrorCode, type MassgenErrorOptions } from "../errors/index.ts";
import { isRecord, type Json } from "../core/index.ts";

export type ErrorContext = { readonly [key: string]: Json | undefined };
export type MCPErrorOptions = MassgenErrorOptions & {
  readonly code?: ErrorCode;
  /** The server's or our finer code, free text. */
  readonly errorCode?: string;
  readonly context?: ErrorContext;
  /** Milliseconds since the epoch; null where nobody gave a clock. */
  readonly timestamp?: number | null;
};

/** Base of everything the MCP layer throws. */
export class MCPError extends MassgenError {
  readonly originalMessage: string;
  readonly errorCode: string | null;
  /** Deeply cleaned of secrets, by key. */
  readonly context: { readonly [key: string]: Json };
  readonly timestamp: number | null;

  constructor(message: string, options: MCPErrorOptions = {}) {
    super(options.code ?? "E_MCP_SERVER", message, options);
    this.originalMessage = message;
    this.errorCode = options.errorCode ?? null;
    this.context = cleanContext(options.context ?? {});
    this.timestamp = options.timestamp ?? null;
  }

  override toString(): string {
    const context = Object.entries(this.context).map(
      ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [
      this.message,
      ...(this.errorCode === null ? [] : [`Code: ${this.errorCode}`]),
      ...(context.length === 0 ? [] : [`Context: ${context.join(", ")}`]),
    ].join(" | ");
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), error_type: this.name, error_code: this.errorCode, context: this.context, timestamp: this.timestamp };
  }
}

type Fields<Name extends string, Value> = { readonly [Key in Name]?: Value };
const withContext = (options: MCPErrorOptions, code: ErrorCode, fields: ErrorContext): MCPErrorOptions => ({
  code,
  ...options,
  context: { ...options.context, ...fields },
});

export type ConnectionStage = "policy" | "command" | "start" | "handshake" | "tools" | "running";
export type ConnectionFields = Fields<"serverName" | "transportType" | "host", string> &
  Fields<"port" | "retryCount", number> & { readonly stage?: ConnectionStage; readonly stderr?: string };

/** A server could not be reached, or its connection was lost. */
export class MCPConnectionError extends MCPError {
  readonly serverName: string | null;
  readonly transportType: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly retryCount: number | null;
  readonly stage: ConnectionStage | null;

  constructor(message: string, fields: ConnectionFields = {}, options: MCPErrorOptions = {}) {
    super(
      message,
      withContext(options, "E_MCP_CONNECT", {
        server_name: fields.serverName,
        transport_type: fields.transportType,
        host: fields.host,
        port: fields.port,
        retry_count: fields.retryCount,
        stage: fields.stage,
        stderr: fields.stderr || undefined,
      }),
    );
    this.serverName = fields.serverName ?? null;
    this.transportType = fields.transportType ?? null;
    this.host = fields.host ?? null;
    this.port = fields.port ?? null;
    this.retryCount = fields.retryCount ?? null;
    this.stage = fields.stage ?? null;
  }
}

/** The server answered with an error. */
export class MCPServerError extends MCPError {
  readonly serverCode: number | null;
  readonly serverName: string | null;
  readonly httpStatus: number | null;
  readonly responseData: Json;

  constructor(
    message: string,
    fields: Fields<"serverName", string> & Fields<"serverCode" | "httpStatus", number> & Fields<"responseData", Json> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext(options, "E_MCP_SERVER", {
        server_error_code: fields.serverCode,
        server_name: fields.serverName,
        http_status: fields.httpStatus,
        response_data: fields.responseData,
      }),
    );
    this.serverCode = fields.serverCode ?? null;
    this.serverName = fields.serverName ?? null;
    this.httpStatus = fields.httpStatus ?? null;
    this.responseData = fields.responseData ?? null;
  }
}

/** Something that was sent or received does not have the shape it must have. */
export class MCPValidationError extends MCPError {
  readonly field: string | null;
  readonly value: Json;
  readonly expectedType: string | null;
  readonly validationRule: string | null;

  constructor(
    message: string,
    fields: Fields<"field" | "expectedType" | "validationRule", string> & Fields<"value", Json> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext(options, "E_MCP_VALIDATION", {
        field: fields.field,
        value: fields.value === undefined ? undefined : JSON.stringify(fields.value).slice(0, 100),
        expected_type: fields.expectedType,
        validation_rule: fields.validationRule,
      }),
    );
    this.field = fields.field ?? null;
    this.value = fields.value ?? null;
    this.expectedType = fields.expectedType ?? null;
    this.validationRule = fields.validationRule ?? null;
  }
}

/** The server did not answer in time. */
export class MCPTimeoutError extends MCPError {
  readonly timeoutSeconds: number | null;
  readonly operation: string | null;
  readonly elapsedSeconds: number | null;
  readonly serverName: string | null;

  constructor(
    message: string,
    fields: Fields<"timeoutSeconds" | "elapsedSeconds", number> & Fields<"operation" | "serverName", string> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext({ retryable: true, ...options }, "E_MCP_TIMEOUT", {
        timeout_seconds: fields.timeoutSeconds,
        operation: fields.operation,
        elapsed_seconds: fields.elapsedSeconds,
        server_name: fields.serverName,
      }),
    );
    this.timeoutSeconds = fields.timeoutSeconds ?? null;
    this.operation = fields.operation ?? null;
    this.elapsedSeconds = fields.elapsedSeconds ?? null;
    this.serverName = fields.serverName ?? null;
  }
}

/** The server wants other credentials. */
export class MCPAuthenticationError extends MCPError {
  readonly authType: string | null;
  readonly username: string | null;
  readonly serverName: string | null;
  readonly permissionRequired: string | null;

  constructor(
    message: string,
    fields: Fields<"authType" | "username" | "serverName" | "permissionRequired", string> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext(options, "E_MCP_AUTH", {
        auth_type: fields.authType,
        username: fields.username,
        server_name: fields.serverName,
        permission_required: fields.permissionRequired,
      }),
    );
    this.authType = fields.authType ?? null;
    this.username = fields.username ?? null;
    this.serverName = fields.serverName ?? null;
    this.permissionRequired = fields.permissionRequired ?? null;
  }
}

/** A server entry is wrong. */
export class MCPConfigurationError extends MCPError {
  readonly configFile: string | null;
  readonly configSection: string | null;
  readonly missingKeys: readonly string[];

  constructor(
    message: string,
    fields: Fields<"configFile" | "configSection", string> & Fields<"missingKeys", readonly string[]> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext(options, "E_MCP_CONFIG", {
        config_file: fields.configFile,
        config_section: fields.configSection,
        missing_keys: fields.missingKeys,
      }),
    );
    this.configFile = fields.configFile ?? null;
    this.configSection = fields.configSection ?? null;
    this.missingKeys = fields.missingKeys ?? [];
  }
}

/** A resource, prompt or tool could not be had. */
export class MCPResourceError extends MCPError {
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly operation: string | null;
  readonly serverName: string | null;

  constructor(
    message: string,
    fields: Fields<"resourceType" | "resourceId" | "operation" | "serverName", string> = {},
    options: MCPErrorOptions = {},
  ) {
    super(
      message,
      withContext(options, "E_MCP_RESOURCE", {
        resource_type: fields.resourceType,
        resource_id: fields.resourceId,
        operation: fields.operation,
        server_name: fields.serverName,
      }),
    );
    this.resourceType = fields.resourceType ?? null;
    this.resourceId = fields.resourceId ?? null;
    this.operation = fields.operation ?? null;
    this.serverName = fields.serverName ?? null;
  }
}

/** `A: x -> B: y`: an error and what caused it. */
export function formatErrorChain(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 10; depth += 1) {
    parts.push(at instanceof Error ? `${at.name}: ${at.message}` : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join(" -> ");
}

const SECRET_KEY =
  /^(?:proxy[-_]?)?authorization$|^(?:set[-_]?)?cookie$|(?:^|[-_.])(?:api[-_]?key|access[-_]?key|private[-_]?key|token|secret|password|passwd|credentials?)$/i;
const CAMEL_SECRET_KEY = /[a-z](?:ApiKey|AccessKey|PrivateKey|Token|Secret|Password)$|^(?:apiKey|accessKey|privateKey)$/;
const HIDDEN = "[hidden]";
const MAX_DEPTH = 8;

/** A copy without undefined values, in which everything under a key that names a secret is hidden; `env` and `headers` lose all values. */
export function cleanContext(context: ErrorContext): { readonly [key: string]: Json } {
  return cleanRecord(context, 0);
}

function cleanRecord(record: ErrorContext, depth: number): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (SECRET_KEY.test(key) || CAMEL_SECRET_KEY.test(key)) return [[key, HIDDEN]];
      if ((key === "env" || key === "headers") && isRecord(value))
        return [[key, Object.fromEntries(Object.keys(value).map((name) => [name, HIDDEN]))]];
      return [[key, cleanValue(value, depth + 1)]];
    }),
  );
}

function cleanValue(value: Json, depth: number): Json {
  if (depth > MAX_DEPTH) return "[too deep]";
  if (Array.isArray(value)) return value.map((item: Json) => cleanValue(item, depth + 1));
  return isRecord(value) ? cleanRecord(value, depth) : value;
}
