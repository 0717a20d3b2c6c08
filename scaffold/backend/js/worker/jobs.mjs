// Scheduled functions. Their documents in `_scheduled_functions` are the queue; this module runs it.
//
// convex-test has a scheduler of its own, on real timers. This one follows the backend's clock,
// schedules only what was committed, and survives a restart of the worker.
import { currentFunction, inCall } from "./context.mjs";
import { describeError } from "./errors.mjs";

export const TABLE = "_scheduled_functions";

export class Jobs {
  #runtime;
  #targets = new Map(); // job key -> the function it runs, which its document names only in part

  constructor(runtime, targets = []) {
    this.#runtime = runtime;
    this.#targets = new Map(targets);
  }

  /** Answer the `schedule` syscall: insert the job into the running transaction. */
  schedule({ name, reference, functionHandle, args, ts }) {
    const { database, track } = this.#runtime.openTransaction();
    const component = currentFunction.getStore()?.component ?? "";
    const target = resolveAddress({ name, reference, functionHandle }, component);
    const value = this.#runtime.decode(args);
    track(value);
    const id = database.insert(TABLE, {
      name: target.udfPath.replace(/^[^:]+/, (module) => `${module}.js`),
      args: [value],
      scheduledTime: ts * 1000,
      state: { kind: "pending" },
    });
    this.#targets.set(keyOf(component, id), target);
    return id;
  }

  /** Answer the `cancel_job` syscall. What runs goes on; what is over, or gone, stays so. */
  cancel({ id }) {
    const { database } = this.#runtime.openTransaction();
    const kind = database.get(TABLE, id)?.state.kind;
    if (kind !== "pending" && kind !== "inProgress") return;
    database.patch(TABLE, id, { state: { kind: "canceled" }, completedTime: this.#runtime.clock.now() });
  }

  /** Take note of a committed change of a job. Returns the job's target, for the snapshot. */
  committed(component, id, document) {
    const key = keyOf(component, id);
    const target = this.#targets.get(key);
    if (document?.state.kind === "pending" && target) {
      this.#runtime.agenda.add(key, document.scheduledTime, () => this.#run(component, id, target));
    } else {
      this.#runtime.agenda.delete(key);
      if (!document || document.state.kind !== "inProgress") this.#targets.delete(key);
    }
    return target;
  }

  async #run(component, id, target) {
    const job = this.#runtime.document(component, id);
    if (job?.state.kind !== "pending") return;
    const meta = { ...this.#runtime.newMeta(), scheduledFunctionId: id };
    await this.#runtime.logged(target.udfPath, (log) =>
      inCall({ meta, log }, () => this.#execute(component, id, target, job, log)),
    );
  }

  async #execute(component, id, target, job, log) {
    const setState = (patch) =>
      this.#runtime.write(component, (database) => {
        // It may have been deleted or canceled while it ran.
        if (database.get(TABLE, id)?.state.kind === "inProgress" || patch.state.kind === "inProgress") {
          database.patch(TABLE, id, patch);
        }
      });
    await setState({ state: { kind: "inProgress" } });
    try {
      await this.#runtime.runTarget(target, job.args[0]);
    } catch (error) {
      const text = describeError(error, this.#runtime.functionsFolder);
      log.add("ERROR", [text]);
      await setState({ state: { kind: "failed", error: text }, completedTime: this.#runtime.clock.now() });
      return;
    }
    await setState({ state: { kind: "success" }, completedTime: this.#runtime.clock.now() });
  }
}

function keyOf(component, id) {
  return `${component} ${id}`;
}

/** The function that an address means, seen from `component`. */
export function resolveAddress({ name, reference, functionHandle }, component) {
  if (functionHandle !== undefined) {
    const [componentPath, udfPath] = functionHandle.replace("function://", "").split(";");
    return { componentPath, udfPath };
  }
  if (name !== undefined) return { componentPath: component, udfPath: name };
  // "_reference/childComponent/<component>/<module, in parts>/<function>"
  const [, , child, ...parts] = reference.split("/");
  const componentPath = component ? `${component}/${child}` : child;
  return { componentPath, udfPath: `${parts.slice(0, -1).join("/")}:${parts.at(-1)}` };
}
