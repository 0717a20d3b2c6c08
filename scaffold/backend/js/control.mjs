// The control endpoint of tests: everything under /_scaffold. It is not part of Convex.
//
//   GET  /_scaffold/status            what runs here
//   GET  /_scaffold/functions         every function: path, type, visibility, validators
//   GET  /_scaffold/schema            the validator of each table's documents, by table
//   POST /_scaffold/reset             {keepClock?}                 forget all data
//   POST /_scaffold/seed              {table: [document, …], …}    insert documents; answers their ids
//   GET  /_scaffold/tables/<table>    its documents, in encoded JSON
//   GET  /_scaffold/clock             {now, frozen}
//   POST /_scaffold/clock             {freeze?, to?, advance?}      milliseconds: `advance` does what becomes
//                                   due on the way, `to` jumps: only scheduled functions are made up for
//   POST /_scaffold/settle            {}                           wait for what is due, and what follows, to be done
//   GET  /_scaffold/crons             name, function, arguments, schedule, next run
//   POST /_scaffold/crons             {name}                       run one now
//   POST /_scaffold/run               {path, args, identity?, format?}  call any function, internal ones too
//   POST /_scaffold/tokens            {subject, claims?, issuer?, audience?, expiresIn?, algorithm?}
//   POST /_scaffold/variables         {NAME: text or null, …}      environment variables of functions
import { badRequest, RequestError } from "./failures.mjs";
import { json } from "./api.mjs";
import { metaOf, readFunctionCall, readJson } from "./requests.mjs";
import { functionResponse, raw } from "./wire.mjs";

const PREFIX = "/_scaffold/";

export class Control {
  #backend;

  constructor(backend) {
    this.#backend = backend;
  }

  /** The answer to a request under /_scaffold. */
  async handle(request, url) {
    // Pages from elsewhere may not play with the data of whoever runs this server.
    if (request.headers.origin !== undefined) {
      throw new RequestError(403, "NotForBrowsers", "the control endpoint does not answer browsers");
    }
    const name = url.pathname.slice(PREFIX.length);
    if (request.method === "GET") return await this.#read(name);
    if (request.method !== "POST") throw new RequestError(405, "MethodNotAllowed", "use GET or POST");
    return await this.#act(name, request, await readJson(request));
  }

  async #read(name) {
    if (name === "status") return json(this.#backend.status());
    if (name === "functions") return json({ functions: this.#backend.functions });
    if (name === "schema") return json({ tables: await this.#backend.ask("tables") });
    if (name === "clock") return await this.#clock({});
    if (name === "crons") return json({ crons: await this.#backend.ask("crons") });
    if (name.startsWith("tables/")) {
      const table = decodeURIComponent(name.slice("tables/".length));
      return json({ documents: raw(await this.#backend.ask("readTable", { table })) });
    }
    throw unknown(name);
  }

  async #act(name, request, body) {
    const actions = {
      reset: () => this.#backend.reset({ keepClock: body.keepClock === true }),
      seed: async () => ({ ids: await this.#backend.seed(body) }),
      settle: () => this.#backend.ask("settle"),
      variables: () => this.#setVariables(body),
      crons: () => this.#runCron(body),
      run: () => this.#run(request, body),
      tokens: () => this.#mint(body),
    };
    if (name === "clock") return await this.#clock(body);
    if (!Object.hasOwn(actions, name)) throw unknown(name);
    return json((await actions[name]()) ?? {});
  }

  async #clock({ advance, to, freeze }) {
    for (const [name, value] of Object.entries({ advance, to })) {
      if (value !== undefined && !Number.isFinite(value))
        throw badRequest("BadClock", `${name} is no number`);
    }
    if (advance < 0) throw badRequest("BadClock", "advance is negative; give `to` a time to go back to");
    const { now, frozen, runs } = await this.#backend.ask("setClock", { advance, to, freeze });
    return json({ now, frozen, runs });
  }

  async #setVariables(variables) {
    for (const [name, value] of Object.entries(variables)) {
      if (value !== null && typeof value !== "string") throw badRequest("BadVariable", `${name} is no text`);
    }
    await this.#backend.setVariables(variables);
  }

  async #runCron({ name }) {
    if (!(await this.#backend.ask("runCron", { name })))
      throw badRequest("NoSuchCron", `there is no cron "${name}"`);
  }

  async #run(request, body) {
    const meta = metaOf(request, null);
    const call = readFunctionCall({ args: {}, ...body }, "any");
    return functionResponse(
      await this.#backend.call(call, { identity: body.identity ?? null, isAdmin: true, meta }),
    );
  }

  #mint(body) {
    if (typeof body.subject !== "string") throw badRequest("BadToken", "a token needs a subject");
    return { token: this.#backend.mint(body) };
  }
}

function unknown(name) {
  return new RequestError(404, "NotFound", `there is no ${PREFIX}${name}`);
}
