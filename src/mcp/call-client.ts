// What a served call can do with its client while it works: report progress, log, and ask the person at the other end.
import type { JsonSchema } from "./contract.ts";
import type { AskedClient } from "./asked-client.ts";
import type { ElicitationAnswer } from "./server-requests.ts";
import type { RpcId, RpcMessage } from "./wire.ts";

export type LogLevel = "debug" | "info" | "notice" | "warning" | "error" | "critical" | "alert" | "emergency";

export type CallPorts = {
  send(message: RpcMessage): void;
  /** The client wants log messages of this level. */
  wants(level: LogLevel): boolean;
  /** As the client gave it; progress is told only where there is one. */
  readonly token: unknown;
  readonly asked: { readonly client: AskedClient; readonly about: RpcId };
  /** Nothing about the call may be sent after its answer. */
  isOver(): boolean;
};

export class CallClient {
  readonly #ports: CallPorts;
  #steps = 0;

  constructor(ports: CallPorts) {
    this.#ports = ports;
  }

  /** What the client calls itself; may be empty. */
  get name(): string {
    return this.#ports.asked.client.name;
  }

  /** Tells that the call is one step further; how many there will be is not known. */
  progress(message: string): void {
    const { token, send, isOver } = this.#ports;
    if ((typeof token !== "string" && typeof token !== "number") || isOver()) return;
    this.#steps += 1;
    send({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: token, progress: this.#steps, message } });
  }

  log(level: LogLevel, data: unknown): void {
    const { wants, send, isOver } = this.#ports;
    if (wants(level) && !isOver()) send({ jsonrpc: "2.0", method: "notifications/message", params: { level, logger: "massgen", data } });
  }

  /** The client has a person who can fill in a form. */
  get canAsk(): boolean {
    return this.#ports.asked.client.canAsk;
  }

  /** Puts a form before the person. "cancel" where the signal aborts, the client is gone or refuses. Never rejects. */
  ask(form: { readonly message: string; readonly requestedSchema: JsonSchema }, signal: AbortSignal): Promise<ElicitationAnswer> {
    const { client, about } = this.#ports.asked;
    return client.ask(form, { about, signal });
  }
}
