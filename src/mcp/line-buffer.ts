// Cuts a byte stream into lines without ever holding more than one message's worth of bytes.

export type LineSink = {
  line(text: string): void;
  /** A line was longer than the limit and was thrown away; its ends are all that is left of it. */
  oversize(head: string, tail: string, bytes: number): void;
};

const END_BYTES = 256;
const NEWLINE = 0x0a;

export class LineBuffer {
  readonly #limit: number;
  readonly #sink: LineSink;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #head: Buffer | null = null;
  #tail: Buffer = Buffer.alloc(0);

  constructor(limit: number, sink: LineSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  /** Bytes of the line that is being received. */
  get pending(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#take(chunk.subarray(from, at));
      this.#finish();
      from = at + 1;
    }
    if (from < chunk.length) this.#take(chunk.subarray(from));
  }

  #take(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#head) {
      this.#tail = Buffer.concat([this.#tail, piece.subarray(-END_BYTES)]).subarray(-END_BYTES);
      return;
    }
    this.#pieces.push(piece);
    if (this.#bytes <= this.#limit) return;
    const whole = Buffer.concat(this.#pieces);
    this.#head = Buffer.from(whole.subarray(0, END_BYTES));
    this.#tail = Buffer.from(whole.subarray(-END_BYTES));
    this.#pieces = [];
  }

  #finish(): void {
    const [head, bytes, pieces] = [this.#head, this.#bytes, this.#pieces];
    this.#head = null;
    this.#bytes = 0;
    this.#pieces = [];
    if (head) return this.#sink.oversize(head.toString("utf8"), this.#tail.toString("utf8"), bytes);
    const [first] = pieces;
    const text = (pieces.length === 1 && first ? first : Buffer.concat(pieces)).toString("utf8");
    if (text.trim() !== "") this.#sink.line(text);
  }
}

/** The last bytes of an unbounded output, for messages. */
export class OutputTail {
  readonly #limit: number;
  #text = "";

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#text = (this.#text + chunk.subarray(-this.#limit).toString("utf8")).slice(-this.#limit);
  }

  /** The last `lines` lines that are not empty. */
  last(lines: number): string {
    return this.#text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "")
      .slice(-lines)
      .join("\n");
  }
}
