// Reads a `docker run` command: its options and the image, so that rules can say what the container may reach.
import type { PackageSpec } from "./package-spec.ts";
import type { Launch } from "./read-launch.ts";
import type { Option } from "./scan.ts";

export type ContainerRun = { readonly subcommand: string; readonly options: readonly Option[]; readonly image: string | null };

/** Options of `run`, `exec` and the programs themselves that stand alone; every other takes a value. */
const FLAGS = new Set(
  `--detach --init --interactive --no-healthcheck --oom-kill-disable --privileged --publish-all --quiet --read-only --rm --sig-proxy --tty
  --replace --rmi --tls --tlsverify --debug --disable-content-trust --use-api-socket --remote --env-host --http-proxy --no-hosts --no-hostname
  --all-resources --compatibility --dry-run --verbose --build --no-deps --service-ports --use-aliases --no-TTY --remove-orphans --quiet-pull --quiet-build`.split(
    /\s+/,
  ),
);
const FLAG_LETTERS = new Set("ditPqDrT");
/** Programs of the container program, with options and commands of their own. */
const NESTED = new Set(["container", "compose", "mcp"]);

/** null where the layer is no container program. */
export function readContainer({ family, args }: Launch): ContainerRun | null {
  if (family?.kind !== "container") return null;
  const outer = readOptions(args);
  const [first = ""] = outer.rest;
  const middle = NESTED.has(first) ? readOptions(outer.rest.slice(1)) : { options: [], rest: outer.rest };
  const inner = readOptions(middle.rest.slice(1));
  const subcommand = NESTED.has(first) ? `${first} ${middle.rest[0] ?? ""}` : first;
  const runs = ["run", "container run", "create", "container create"].includes(subcommand);
  return { subcommand, options: [...outer.options, ...middle.options, ...inner.options], image: runs ? (inner.rest[0] ?? null) : null };
}

type Read = { readonly options: readonly Option[]; readonly rest: readonly string[] };

/** Invariant: no option is overlooked because an unknown one before it was taken to have a value. */
function readOptions(args: readonly string[]): Read {
  const options: Option[] = [];
  let index = 0;
  while (index < args.length) {
    const word = args[index] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") return { options, rest: args.slice(index + 1) };
    const next = args[index + 1];
    const read = word.startsWith("--") ? readLong(word, next) : readLetters(word, next);
    options.push(...read.options);
    index += read.takesNext && !/^--?[a-zA-Z]/.test(next ?? "") ? 2 : 1;
  }
  return { options, rest: args.slice(index) };
}

type Word = { readonly options: readonly Option[]; readonly takesNext: boolean };

function readLong(word: string, next = ""): Word {
  const equals = word.indexOf("=");
  if (equals > 0) return { options: [{ name: word.slice(0, equals), value: word.slice(equals + 1) }], takesNext: false };
  if (FLAGS.has(word)) return { options: [{ name: word, value: null }], takesNext: false };
  return { options: [{ name: word, value: next }], takesNext: true };
}

/** `-it`, `-v/:/host`, `-itv /:/host`: flags, until a letter takes the rest or the next word. */
function readLetters(word: string, next = ""): Word {
  const options: Option[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const name = `-${word.charAt(at)}`;
    const attached = word.slice(at + 1).replace(/^=/, "");
    if (FLAG_LETTERS.has(word.charAt(at))) options.push({ name, value: null });
    else if (attached !== "") return { options: [...options, { name, value: attached }], takesNext: false };
    else return { options: [...options, { name, value: next }], takesNext: true };
  }
  return { options, takesNext: false };
}

/** The image, as something that is fetched; `latest` and no tag at all are not pinned. */
export function imageOf(layer: Launch): readonly PackageSpec[] {
  const image = readContainer(layer)?.image;
  if (image === null || image === undefined) return [];
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const pinned = /@sha256:[0-9a-f]{64}$/.test(image) || (tag !== undefined && tag !== "latest");
  return [{ text: image, pinned, from: "registry" }];
}
