// The tools of servers as they were in earlier runs, on disk, so that a run can offer them before anything is connected.
import { isRecord } from "../core/index.ts";
import path from "node:path";
import { systemErrorCode, type Clock, type Files } from "../io/index.ts";
import { checkTools, type Catalog, type ToolCheck } from "./catalog.ts";
import type { ServerIdentity } from "./connection.ts";
import type { ToolDefinition, ToolKind } from "./tool-definition.ts";

export type CatalogStoreOptions = { readonly files: Files; readonly clock: Pick<Clock, "now">; readonly cacheDir: string };

const VERSION = 1;
const MAX_BYTES = 16 * 1024 * 1024;
/** Older lists are not offered before they are read again. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

export class CatalogStore {
  readonly #options: CatalogStoreOptions;
  readonly #folder: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: CatalogStoreOptions) {
    this.#options = options;
    this.#folder = path.join(options.cacheDir, "mcp-catalogs");
  }

  /** What is known of a server; null where nothing is, or it cannot be trusted. Every tool is checked anew. */
  async recall(fingerprint: string, check: ToolCheck): Promise<Catalog | null> {
    try {
      const bytes = await this.#options.files.read(this.#file(fingerprint));
      if (bytes.length > MAX_BYTES) return null;
      const catalog = readCatalogFile(JSON.parse(Buffer.from(bytes).toString("utf8")), fingerprint);
      if (!catalog || Math.abs(this.#options.clock.now() - catalog.readAt) > MAX_AGE_MS) return null;
      return { ...catalog, ...checkTools(catalog.listed, check) };
    } catch (error) {
      if (!(error instanceof SyntaxError) && systemErrorCode(error) === null) throw error;
      return null; // No file, no right to read it, or half a file: the list is read from the server.
    }
  }

  /**
   * Keeps a complete list, mode 0600, the tools that were set aside with it: another run may judge them otherwise. Never rejects: a cache
   * that cannot be written is only slower.
   */
  remember(fingerprint: string, catalog: Catalog): void {
    if (catalog.partial !== null) return;
    const { identity, readAt, ttlMs, listed: tools } = catalog;
    const text = JSON.stringify({ v: VERSION, fingerprint, identity, readAt, ttlMs, tools });
    if (Buffer.byteLength(text) > MAX_BYTES) return;
    const write = async (): Promise<void> => {
      await this.#options.files.makeFolder(this.#folder);
      await this.#options.files.replace(this.#file(fingerprint), text);
    };
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      if (systemErrorCode(error) === null) throw error;
    });
  }

  async forget(fingerprint: string): Promise<void> {
    await this.#options.files.remove(this.#file(fingerprint));
  }

  /** Resolves when what was to be kept is on disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  #file(fingerprint: string): string {
    return path.join(this.#folder, `${fingerprint.slice(0, 32)}.json`);
  }
}

function readCatalogFile(value: unknown, fingerprint: string): Catalog | null {
  if (!isRecord(value) || value["v"] !== VERSION || value["fingerprint"] !== fingerprint || !Array.isArray(value["tools"])) return null;
  const { identity, readAt, ttlMs, tools } = value;
  if (!isIdentity(identity) || typeof readAt !== "number" || !(ttlMs === null || typeof ttlMs === "number") || !tools.every(isTool))
    return null;
  return { identity, readAt, ttlMs, tools, listed: tools, quarantined: [], partial: null };
}

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string";

function isIdentity(value: unknown): value is ServerIdentity {
  return isRecord(value) && [value["name"], value["version"], value["protocol"], value["instructions"]].every(isTextOrNull);
}

const KINDS: readonly ToolKind[] = ["tool", "list-resources", "read-resource", "list-prompts", "get-prompt"];

function isTool(value: unknown): value is ToolDefinition {
  if (!isRecord(value) || typeof value["name"] !== "string" || typeof value["description"] !== "string" || !isTextOrNull(value["title"]))
    return false;
  const { kind, inputSchema, outputSchema, readOnly, idempotent, destructive } = value;
  const isSchema = (schema: unknown): boolean => typeof schema === "boolean" || isRecord(schema);
  return (
    KINDS.some((known) => known === kind) &&
    isSchema(inputSchema) &&
    (outputSchema === null || isSchema(outputSchema)) &&
    typeof readOnly === "boolean" &&
    typeof idempotent === "boolean" &&
    (destructive === null || typeof destructive === "boolean")
  );
}
