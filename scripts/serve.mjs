// A small static server for the built page, on the loopback address only. Imports nothing but Node's own modules.
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";

const mediaTypes = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
});

/** The page talks to nobody but this server. Styles are inline because React Flow and framer-motion set them so. */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const commonHeaders = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Not every browser counts the page's own sockets as 'self'. @param {string} host */
function policyWithSocket(host) {
  return contentSecurityPolicy.replace("connect-src 'self'", `connect-src 'self' ws://${host}`);
}

/**
 * Serves `folder` on 127.0.0.1. A busy `port` gives way to the next free one unless `strictPort`. With a `bridge` the
 * page is told how to reach it, and its sockets are handed on.
 * @typedef {Pick<import("../src/bridge/server/bridge.ts").Bridge, "tag" | "isOwnHost" | "upgrade">} PageBridge
 * @param {{ folder: string, port: number, strictPort?: boolean, bridge?: PageBridge }} options
 * @returns {Promise<{ address: string, port: number, close: () => void }>}
 */
export function serve({ folder, port, strictPort = false, bridge }) {
  /** Compressed files by path and date. @type {Map<string, Buffer>} */
  const compressed = new Map();

  const server = createServer(async (request, response) => {
    const answer = (/** @type {number} */ status, /** @type {string} */ text) => {
      response.writeHead(status, { ...commonHeaders, "Content-Type": "text/plain; charset=utf-8" });
      response.end(text);
    };
    try {
      if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "Only GET and HEAD.\n");
      const pathname = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      const file = normalize(join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname));
      // Hidden files (the build's stamp) and anything outside of the folder do not exist.
      if (!file.startsWith(folder + sep) || /[\\/]\./.test(file.slice(folder.length)))
        return answer(404, "Not found.\n");
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) return answer(404, "Not found.\n");

      const type = mediaTypes[extname(file)] ?? "application/octet-stream";
      // Under another name (a page that has its own name lead here) the page works, and learns no secret.
      const ownHost = bridge?.isOwnHost(request.headers.host) ? request.headers.host : undefined;
      /** @type {Record<string, string>} */
      const headers = {
        ...commonHeaders,
        ...(ownHost ? { "Content-Security-Policy": policyWithSocket(ownHost) } : {}),
        "Content-Type": type,
        // Vite puts a hash into the name of every asset, so those never change; everything else may.
        "Cache-Control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      };
      /** @type {Buffer} */
      let body = await readFile(file);
      if (bridge && ownHost && type === mediaTypes[".html"]) {
        body = Buffer.from(body.toString("utf8").replace("</head>", `${bridge.tag}</head>`));
        headers["Cache-Control"] = "no-store";
      } else if (
        /^text|javascript|json|svg|wasm/.test(type) &&
        /\bgzip\b/.test(`${request.headers["accept-encoding"]}`)
      ) {
        const key = `${file} ${found.mtimeMs}`;
        const zipped = compressed.get(key) ?? gzipSync(body);
        compressed.set(key, zipped);
        body = zipped;
        headers["Content-Encoding"] = "gzip";
        headers.Vary = "Accept-Encoding";
      }
      headers["Content-Length"] = `${body.length}`;
      response.writeHead(200, headers);
      response.end(request.method === "HEAD" ? undefined : body);
    } catch {
      answer(400, "Bad request.\n");
    }
  });

  server.on("upgrade", (request, socket, head) => {
    if (!bridge?.upgrade(request, socket, head)) socket.destroy();
  });

  return new Promise((resolve, reject) => {
    let next = port;
    server.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== "EADDRINUSE" || strictPort || next >= port + 50) return reject(error);
      next += 1;
      server.listen(next, "127.0.0.1");
    });
    server.on("listening", () =>
      resolve({ address: `http://127.0.0.1:${next}/`, port: next, close: () => server.close() }),
    );
    server.listen(next, "127.0.0.1");
  });
}
