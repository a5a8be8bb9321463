// An answer as `fetch` gives it, without the platform's class, which loads a whole HTTP client with its first use.
import type { HttpHeaders } from "./http-headers.ts";

export type ResponseParts = {
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
};

export class HttpResponse implements Response {
  readonly #parts: ResponseParts;
  #body: ResponseParts["body"];

  constructor(parts: ResponseParts) {
    this.#parts = parts;
    this.#body = parts.body;
  }

  get type(): Response["type"] {
    return "basic";
  }

  get url(): string {
    return this.#parts.url;
  }

  get redirected(): boolean {
    return this.#parts.redirected;
  }

  get status(): number {
    return this.#parts.status;
  }

  get statusText(): string {
    return this.#parts.statusText;
  }

  get headers(): HttpHeaders {
    return this.#parts.headers;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): ResponseParts["body"] {
    return this.#body;
  }

  get bodyUsed(): boolean {
    const { isDisturbed } = process.getBuiltinModule("node:stream") as unknown as { isDisturbed(stream: ReadableStream): boolean };
    return this.#body !== null && isDisturbed(this.#body);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.bodyUsed || this.#body?.locked === true) throw new TypeError("Body is unusable: it has been read already");
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#body ?? []) chunks.push(chunk);
    return new Uint8Array(Buffer.concat(chunks));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get("content-type") ?? "" });
  }

  /** So seldom asked for that the platform may do it. */
  formData(): Promise<FormData> {
    return new Response(this.#body, { headers: [...this.headers] }).formData();
  }

  clone(): HttpResponse {
    if (this.bodyUsed) throw new TypeError("Body is unusable: it has been read already");
    const [kept, given] = this.#body?.tee() ?? [null, null];
    this.#body = kept as ResponseParts["body"];
    return new HttpResponse({ ...this.#parts, body: given as ResponseParts["body"] });
  }
}
