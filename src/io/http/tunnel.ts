// Connections through an HTTP proxy: it is asked to open a tunnel to the target, inside which everything is as without a proxy.
import http, { type RequestOptions } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import tls, { type ConnectionOptions } from "node:tls";
import { connectTimeout } from "./connect-timeout.ts";

export type TunnelOptions = {
  readonly proxy: URL;
  /** Whether what goes through the tunnel is encrypted. */
  readonly secure: boolean;
  readonly connectTimeoutMs: number;
};

type Wanted = RequestOptions & ConnectionOptions;
type Done = (error: Error | null, socket?: Socket) => void;

/** How an agent makes a connection. An error says what the proxy answered, never with which password it was asked. */
export function throughTunnel(options: TunnelOptions): (wanted: Wanted, done: Done) => void {
  return (wanted, done) => {
    openTunnel(options, wanted, (error, socket) => {
      if (error !== null || socket === undefined) done(error);
      else done(null, options.secure ? tls.connect({ ...wanted, socket }) : socket);
    });
  };
}

function openTunnel({ proxy, connectTimeoutMs }: TunnelOptions, wanted: Wanted, done: Done): void {
  const host = String(wanted.host);
  const target = `${host.includes(":") ? `[${host}]` : host}:${wanted.port}`;
  const asking = (proxy.protocol === "https:" ? https : http).request({
    method: "CONNECT",
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    ...(proxy.port === "" ? {} : { port: proxy.port }),
    path: target,
    headers: { host: target, ...authorization(proxy) },
    agent: false,
  });
  const timer = setTimeout(() => asking.destroy(connectTimeout(connectTimeoutMs)), connectTimeoutMs);
  asking.once("close", () => clearTimeout(timer));
  asking.once("connect", (response, socket) => {
    clearTimeout(timer);
    if (response.statusCode === 200) return done(null, socket);
    socket.destroy();
    done(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
  });
  asking.once("error", (error) => done(error));
  asking.end();
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
