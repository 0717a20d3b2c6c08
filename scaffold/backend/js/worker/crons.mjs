// The crons of the app and of its components, as `crons.ts` declares them.
import { inCall } from "./context.mjs";
import { nextRun } from "./cron-times.mjs";
import { describeError } from "./errors.mjs";

export class Crons {
  #runtime;
  #crons = new Map(); // name, with its component -> cron

  constructor(runtime) {
    this.#runtime = runtime;
  }

  /** Read what a component's `crons` module exports. */
  declare(component, exported) {
    const declared = typeof exported?.export === "function" ? JSON.parse(exported.export()) : {};
    for (const [name, { name: path, args, schedule }] of Object.entries(declared)) {
      const key = component ? `${component}: ${name}` : name;
      this.#crons.set(key, { key, component, path, args: args[0] ?? {}, schedule, running: false });
    }
  }

  /** Put the first run of each into the agenda. */
  start() {
    for (const cron of this.#crons.values()) this.#plan(cron);
  }

  /** What there is: name, function, arguments, schedule and the time of the next run. */
  list() {
    return [...this.#crons.values()].map(({ key, path, args, schedule, next }) => {
      return { name: key, function: path, args, schedule, next };
    });
  }

  /** Run one now, besides its schedule. Errors of the function are thrown. */
  async run(name) {
    const cron = this.#crons.get(name);
    if (!cron) return false;
    await this.#execute(cron);
    return true;
  }

  #plan(cron) {
    cron.next = nextRun(cron.schedule, this.#runtime.clock.now());
    if (cron.next === null) return;
    this.#runtime.agenda.add(`cron ${cron.key}`, cron.next, () => this.#due(cron));
  }

  async #due(cron) {
    this.#plan(cron);
    if (cron.running) {
      this.#runtime.note(`cron "${cron.key}" still runs; this run is skipped`);
      return;
    }
    await this.#execute(cron).catch(() => {}); // it is in the log
  }

  async #execute(cron) {
    const target = { componentPath: cron.component, udfPath: cron.path };
    const args = this.#runtime.decode(cron.args);
    const meta = this.#runtime.newMeta();
    cron.running = true;
    try {
      await this.#runtime.logged(cron.path, (log) =>
        inCall({ meta, log }, () => this.#runTarget(target, args, log)),
      );
    } finally {
      cron.running = false;
    }
  }

  async #runTarget(target, args, log) {
    try {
      await this.#runtime.runTarget(target, args);
    } catch (error) {
      log.add("ERROR", [describeError(error, this.#runtime.functionsFolder)]);
      throw error;
    }
  }
}
