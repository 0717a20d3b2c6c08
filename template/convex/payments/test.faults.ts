/**
 * What can go wrong on the way of a payment, and where: at every call that leaves this backend, at
 * every function that runs in it, at every event that comes to it, and at the client.
 *
 * Points are not listed by hand. Whatever the flow passes is a point, so a step that is added to the
 * flow is a point that is tried.
 */

/** A place and the ways in which it can fail. */
export interface Point {
  place: string;
  kind: string;
}

export interface Faults {
  /** What goes wrong here and now, if anything. */
  at: <Kind extends string>(place: string, kinds: readonly Kind[]) => Kind | null;
}

/** Nothing goes wrong; every point that is passed is written down, once. */
export class Recording implements Faults {
  readonly points: Point[] = [];

  at(place: string, kinds: readonly string[]): null {
    if (this.points.some((point) => point.place === place)) return null;
    this.points.push(...kinds.map((kind) => ({ place, kind })));
    return null;
  }
}

/** At each of some places, something goes wrong the first few times. */
export class Scripted implements Faults {
  /** How often something went wrong. */
  struck = 0;
  private readonly left: Map<string, { kind: string; times: number }>;

  constructor(script: (Point & { times?: number })[]) {
    this.left = new Map(script.map(({ place, kind, times = 1 }) => [place, { kind, times }]));
  }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.left.clear();
  }

  at<Kind extends string>(place: string, kinds: readonly Kind[]): Kind | null {
    const fault = this.left.get(place);
    if (fault === undefined || fault.times === 0) return null;
    fault.times -= 1;
    this.struck += 1;
    return kinds.find((kind) => kind === fault.kind) ?? null;
  }
}

/** What the first does not spoil, the second may. */
export class Both implements Faults {
  constructor(
    private readonly first: Faults,
    private readonly second: Faults,
  ) {}

  at<Kind extends string>(place: string, kinds: readonly Kind[]): Kind | null {
    return this.first.at(place, kinds) ?? this.second.at(place, kinds);
  }
}

/** Anything, anywhere, with a probability, until a certain time; the same again for the same seed. */
export class Random implements Faults {
  readonly struck: Point[] = [];

  constructor(
    private readonly dice: () => number,
    private readonly probability: number,
    private readonly until: number,
  ) {}

  at<Kind extends string>(place: string, kinds: readonly Kind[]): Kind | null {
    if (Date.now() >= this.until || this.dice() >= this.probability) return null;
    const kind = kinds[Math.floor(this.dice() * kinds.length)] ?? null;
    if (kind !== null) this.struck.push({ place, kind });
    return kind;
  }
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function diceOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Fetch = (url: URL, init: RequestInit) => Response | Promise<Response>;

/** Ways in which a request can fail. In the later ones the other side has acted. */
const REQUEST_FAULTS = [
  "unreachable",
  "timed out before",
  "503",
  "answer lost",
  "timed out after",
  "answer garbled",
] as const;

/** A network between us and a service. */
export function faultyFetch(faults: Faults, place: string, service: Fetch): Fetch {
  return async (url, init) => {
    const fault = faults.at(place, REQUEST_FAULTS);
    switch (fault) {
      case "unreachable":
        throw new TypeError("fetch failed");
      case "timed out before":
        throw new DOMException("", "TimeoutError");
      case "503":
        return new Response("", { status: 503 });
    }
    const answer = await service(url, init);
    switch (fault) {
      case "answer lost":
        throw new TypeError("fetch failed");
      case "timed out after":
        throw new DOMException("", "TimeoutError");
      case "answer garbled":
        return new Response("<html>");
      case null:
        return answer;
    }
  };
}

/** Ways in which a function can fail. What a mutation has written by then is undone. */
const FUNCTION_FAULTS = ["crash before", "crash after"] as const;

type Handler = (ctx: unknown, args: unknown) => Promise<unknown>;
type Modules = Record<string, () => Promise<unknown>>;

/** The modules of the deployment, with the functions of these folders failing as told. */
export function faultyModules(modules: Modules, folders: RegExp, faults: Faults): Modules {
  const changed = Object.entries(modules).map(([path, load]): [string, Modules[string]] => {
    const name = path.replace(/^\.\/(.*)\.ts$/, "$1");
    if (!folders.test(name)) return [path, load];
    return [path, async () => faultyModule(name, (await load()) as object, faults)];
  });
  return Object.fromEntries(changed);
}

function faultyModule(module: string, exports: object, faults: Faults): object {
  const changed = Object.entries(exports).map(([name, value]: [string, unknown]) => {
    return [name, isAtRisk(value) ? faultyFunction(`${module}:${name}`, value, faults) : value];
  });
  return Object.fromEntries(changed) as object;
}

/** Queries are left out: Convex runs them again by itself, and they leave nothing behind. */
function isAtRisk(value: unknown): value is { _handler: Handler } {
  return (
    typeof value === "function" &&
    "_handler" in value &&
    ("isMutation" in value || "isAction" in value)
  );
}

function faultyFunction(place: string, registered: { _handler: Handler }, faults: Faults) {
  const handler: Handler = async (ctx, args) => {
    const fault = faults.at(place, FUNCTION_FAULTS);
    if (fault === "crash before") throw new Error(`${place} crashed`);
    const result = await registered._handler(ctx, args);
    if (fault === "crash after") throw new Error(`${place} crashed`);
    return result;
  };
  return Object.assign(() => undefined, registered, { _handler: handler });
}
