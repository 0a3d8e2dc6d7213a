import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Plugin } from "vite";
import type * as BridgeModule from "./bridge.ts";

/** `npm run dev`: the development server answers a real kubectl too. Nothing of it is loaded before it serves. */
export function bridgePlugin(): Plugin {
  let bridge: BridgeModule.Bridge | null = null;
  return {
    name: "kubarium:bridge",
    apply: (_config, { command, isPreview }) => command === "serve" && isPreview !== true && !process.env.VITEST,
    configureServer(vite) {
      const server = vite.httpServer as Server | null;
      server?.once("listening", async () => {
        const { openBridge } = (await vite.ssrLoadModule("/src/bridge/server/bridge.ts")) as typeof BridgeModule;
        const opened = await openBridge({ page: () => (server.address() as AddressInfo | null)?.port ?? 0 });
        bridge = opened;
        server.on("upgrade", (request, socket, head) => opened.upgrade(request, socket, head));
        server.once("close", () => void opened.close());
        process.once("exit", () => opened.front.kubeconfig.remove());
        vite.config.logger.info(`  ➜  ${opened.line}`);
      });
    },
    transformIndexHtml: (html) => (bridge === null ? html : html.replace("</head>", `${bridge.tag}</head>`)),
  };
}
