// The log lines of a call, as the backend sends them to clients.
import util from "node:util";
import { currentCall } from "./context.mjs";

const MAX_LINES = 256; // a call
const MAX_LENGTH = 32768; // characters a line
const LEVELS = { log: "LOG", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "LOG" };

export class CallLog {
  lines = [];

  add(level, args) {
    if (this.lines.length >= MAX_LINES) return;
    if (this.lines.length === MAX_LINES - 1) {
      const note = `Log overflow (maximum ${MAX_LINES}). Remaining log lines omitted.`;
      this.lines.push(`[ERROR] '${note}'`);
      return;
    }
    this.lines.push(`[${level}] ${truncated(args.map(show).join(" "))}`);
  }
}

function truncated(text) {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)} (truncated due to length)`;
}

function show(value) {
  if (typeof value === "string") return `'${value.slice(0, MAX_LENGTH + 1)}'`;
  return util.inspect(value, { depth: 4, maxStringLength: MAX_LENGTH, breakLength: Infinity });
}

/** Send what functions print to their call's log; `elsewhere` gets what is printed outside of calls. */
export function installConsole(elsewhere) {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...args) => {
      const call = currentCall.getStore();
      if (call) call.log.add(level, args);
      else elsewhere(`[${level}] ${truncated(args.map(show).join(" "))}`);
    };
  }
  installTimers();
}

function installTimers() {
  const started = new Map();
  const report = (label) => `${label}: ${(performance.now() - started.get(label)).toFixed(1)}ms`;
  console.time = (label = "default") => void started.set(label, performance.now());
  console.timeLog = (label = "default", ...args) => {
    if (started.has(label)) console.info(report(label), ...args);
  };
  console.timeEnd = (label = "default") => {
    if (started.has(label)) console.info(report(label));
    started.delete(label);
  };
}
