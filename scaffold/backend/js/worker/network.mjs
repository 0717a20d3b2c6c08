// What functions reach of the network.
import { Socket } from "node:net";

/** With this variable set, functions reach this machine alone; all else fails as without a network. */
const SWITCH = "CONVEX_SCAFFOLD_OFFLINE";

/** Everything that connects comes through here: `fetch`, `node:http`, the clients that packages bring. */
export function installNetwork() {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (...args) {
    const host = hostOf(args);
    if (!process.env[SWITCH] || isHere(host)) return connect.apply(this, args);
    const error = new Error(`connect ENETUNREACH ${host}: ${SWITCH} is set`);
    process.nextTick(() => this.destroy(Object.assign(error, { code: "ENETUNREACH" })));
    return this;
  };
}

/** The host of `connect(options)`, `connect(port, host)`, or of both as Node.js hands them on. */
function hostOf([first, second]) {
  const options = Array.isArray(first) ? first[0] : first;
  if (options !== null && typeof options === "object") return options.host ?? "localhost";
  return typeof second === "string" ? second : "localhost";
}

function isHere(host) {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
