// JupyterHub's configurable-http-proxy as OpsForge starts it.
//
// Takes its options as one JSON object in OPSFORGE_PROXY, so that its secret is in no process list:
// {ip, port, apiSocket, defaultTarget, hostRouting, errorPath, logLevel, authToken}.
import http from "node:http";

import ConfigurableProxy from "configurable-http-proxy/lib/configproxy.js";
import { defaultLogger } from "configurable-http-proxy/lib/log.js";

const options = JSON.parse(process.env.OPSFORGE_PROXY);
delete process.env.OPSFORGE_PROXY;

// Upstream connects anew to a Unix socket for each request, which costs seven eighths of the speed
// (bench/proxy.py). Connections that stay open cure it, as they do for addresses on the network.
const unixAgent = new http.Agent({ keepAlive: true });

class OpsForgeProxy extends ConfigurableProxy {
  proxyOptsForTarget(target) {
    const proxyOptions = super.proxyOptsForTarget(target);
    proxyOptions.agent ??= unixAgent;
    return proxyOptions;
  }
}

const log = defaultLogger({ level: options.logLevel });
const proxy = new OpsForgeProxy({
  log,
  authToken: options.authToken,
  defaultTarget: options.defaultTarget,
  hostRouting: options.hostRouting,
  errorPath: options.errorPath,
  xfwd: true,
});

function listen(server, what, ...where) {
  server.on("error", (error) => {
    if (!server.listening) {
      log.error("Cannot listen for %s: %s", what, error.message);
      process.exit(1);
    }
  });
  server.listen(...where, () => log.info("Listening for %s at %s", what, where.join(" ")));
}

listen(proxy.apiServer, "the hub", options.apiSocket);
listen(proxy.proxyServer, "browsers", options.port, options.ip);

process.on("SIGINT", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
// As the official command does: a broken connection must not end everybody's.
process.on("uncaughtException", (error) => log.error("Uncaught exception: %s", error.stack));
