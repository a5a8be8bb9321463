// The stdio transport: one server process in a group of its own, lines of JSON-RPC over its pipes, nothing of it left after `close`.
import { spawnTree, type ChildTree, type ExitStatus, type ProcessRegistry } from "../io/index.ts";
import { LineBuffer, OutputTail } from "./line-buffer.ts";
import { idOfCutReply, isRpcMessage, REPLY_TOO_LARGE, type RpcMessage } from "./wire.ts";

export type StdioOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly verbatim: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Longer lines are thrown away; the call they answered gets an error. */
  readonly maxMessageBytes: number;
  readonly registry: ProcessRegistry;
};

const STDERR_BYTES = 16_384;
/** An endless line is cut off by ending the connection. */
const FLOOD_FACTOR = 8;
/** This many messages go through the pipe together; more would keep the server waiting for the first of them. Measured with 16 calls at a time. */
const TOGETHER = 3;
/** After the process ended, how long a grandchild may keep its pipes open. */
const DRAIN_MS = 300;

export class StdioTransport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: RpcMessage) => void;
  /** Lines on standard output that were no messages, and the first of them. */
  readonly junk: { count: number; first: string } = { count: 0, first: "" };
  readonly #options: StdioOptions;
  readonly #lines: LineBuffer;
  readonly #stderr = new OutputTail(STDERR_BYTES);
  #tree: ChildTree | null = null;
  #closed = false;
  /** How many messages were sent in this moment after the first; null between such moments. */
  #gathered: number | null = null;
  #status: ExitStatus | null = null;

  constructor(options: StdioOptions) {
    this.#options = options;
    this.#lines = new LineBuffer(options.maxMessageBytes, {
      line: (text) => this.#receive(text),
      oversize: (head, tail, bytes) => this.#refuse({ head, tail, bytes }),
    });
  }

  /** Named as in the SDK's own transport, which recognises a stdio connection by `pid` and `stderr`. */
  get pid(): number | null {
    return this.#tree?.pid ?? null;
  }

  get stderr(): string {
    return this.#stderr.last(12);
  }

  /** How the process ended by itself, once it has; null while it runs and when we ended it. */
  get status(): ExitStatus | null {
    return this.#status;
  }

  async start(): Promise<void> {
    const { file, args, verbatim, env, cwd, registry } = this.#options;
    const tree = await spawnTree({ command: file, args, verbatim, env, cwd, registry });
    this.#tree = tree;
    if (this.#closed) {
      await tree.end(0);
      throw new Error("The connection was closed while the server was starting.");
    }
    tree.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    tree.stderr.on("data", (chunk: Buffer) => this.#stderr.push(chunk));
    for (const stream of [tree.stdin, tree.stdout, tree.stderr]) stream.on("error", (error: Error) => this.onerror?.(error));
    void this.#watch(tree);
  }

  async #watch(tree: ChildTree): Promise<void> {
    const status = await tree.finished(DRAIN_MS);
    if (!this.#closed) this.#status = status;
    await this.close();
  }

  send(message: RpcMessage): Promise<void> {
    const tree = this.#tree;
    if (!tree || this.#closed || tree.hasExited())
      return Promise.reject(Object.assign(new Error("The server's process has ended."), { code: "E_SERVER_ENDED" }));
    return new Promise((resolve, reject) => {
      tree.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      this.#gather(tree);
    });
  }

  /** What is sent in the same moment after a message goes through the pipe a few at a time: each write costs as much as all else of a call. */
  #gather({ stdin }: ChildTree): void {
    if (this.#gathered !== null) {
      this.#gathered += 1;
      if (this.#gathered % TOGETHER > 0) return;
      stdin.uncork();
      return stdin.cork();
    }
    this.#gathered = 0;
    stdin.cork();
    process.nextTick(() => {
      this.#gathered = null;
      stdin.uncork();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return void (await this.#tree?.end());
    this.#closed = true;
    const ended = (await this.#tree?.end()) ?? true;
    if (!ended) this.onerror?.(new Error(`Process ${String(this.pid)} of the server could not be ended.`));
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    this.#lines.push(chunk);
    if (this.#lines.pending <= this.#options.maxMessageBytes * FLOOD_FACTOR) return;
    this.onerror?.(new Error(`The server wrote more than ${this.#lines.pending} bytes without a line end.`));
    void this.close();
  }

  #receive(text: string): void {
    for (const message of parseLine(text)) {
      if (message) this.onmessage?.(message);
      else this.#countJunk(text);
    }
  }

  #countJunk(text: string): void {
    if (this.junk.count === 0) this.junk.first = text.slice(0, 200);
    this.junk.count += 1;
  }

  /** Answers in the server's place, so that only the call with the huge reply fails. */
  #refuse({ head, tail, bytes }: { head: string; tail: string; bytes: number }): void {
    const id = idOfCutReply(head, tail);
    const message = `The server's reply of ${bytes} bytes is larger than max_message_bytes (${this.#options.maxMessageBytes}) and was dropped.`;
    if (id === null) this.onerror?.(new Error(message));
    else this.onmessage?.({ jsonrpc: "2.0", id, error: { code: REPLY_TOO_LARGE, message } });
  }
}

/** One message, several where a server sends a batch, null for what is no message. */
function parseLine(text: string): readonly (RpcMessage | null)[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).map((item) => (isRpcMessage(item) ? item : null));
  } catch {
    return [null]; // Servers print logs to standard output; such a line is counted and skipped.
  }
}
