// All rules about servers, in the order their findings are told.
import type { ServerRule } from "../types.ts";
import { commandText } from "./command-text.ts";
import { container } from "./container.ts";
import { environmentNames } from "./environment-names.ts";
import { environmentValues } from "./environment-values.ts";
import { executable } from "./executable.ts";
import { executablePlace } from "./executable-place.ts";
import { headers } from "./headers.ts";
import { inlineCode } from "./inline-code.ts";
import { packageManager } from "./package-manager.ts";
import { packagePinned } from "./package-pinned.ts";
import { packageSource } from "./package-source.ts";
import { preload } from "./preload.ts";
import { references } from "./references.ts";
import { securityBlock } from "./security-block.ts";
import { serverListed } from "./server-listed.ts";
import { serverName } from "./server-name.ts";
import { shell } from "./shell.ts";
import { shellSyntax } from "./shell-syntax.ts";
import { urlEncryption } from "./url-encryption.ts";
import { urlForm } from "./url-form.ts";
import { urlHost } from "./url-host.ts";
import { urlPort } from "./url-port.ts";
import { workingFolder } from "./working-folder.ts";

export const SERVER_RULES: readonly ServerRule[] = [
  serverName,
  serverListed,
  securityBlock,
  commandText,
  executable,
  executablePlace,
  shell,
  shellSyntax,
  inlineCode,
  preload,
  packageManager,
  packageSource,
  container,
  workingFolder,
  environmentNames,
  environmentValues,
  references,
  urlForm,
  urlHost,
  urlEncryption,
  urlPort,
  headers,
  packagePinned,
];
