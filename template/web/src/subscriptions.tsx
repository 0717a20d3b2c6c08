/**
 * How many queries this page watches, to be seen while you work on it: each is work for the backend
 * whenever its data changes, so a part that is no longer shown must not be in the list.
 */
import {
  ConvexReactClient,
  type ConvexReactClientOptions,
  type Watch,
  type WatchQueryOptions,
} from "convex/react";
import {
  getFunctionName,
  type ArgsAndOptions,
  type FunctionReference,
  type FunctionReference_future,
  type FunctionReturnType,
} from "convex/server";
import { useSyncExternalStore } from "react";

type QueryReference = FunctionReference<"query"> | FunctionReference_future<"query">;

/** A client that knows what it watches. The same query with the same arguments counts once. */
export class CountingClient extends ConvexReactClient {
  readonly watched: Tally;

  constructor(address: string, options?: ConvexReactClientOptions) {
    super(address, options);
    this.watched = new Tally();
  }

  override watchQuery<Query extends QueryReference>(
    query: Query,
    ...argsAndOptions: ArgsAndOptions<Query, WatchQueryOptions>
  ): Watch<FunctionReturnType<Query>> {
    const watch = super.watchQuery(query, ...argsAndOptions);
    const name = getFunctionName(query);
    const key = `${name} ${JSON.stringify(argsAndOptions[0])}`;
    return {
      ...watch,
      onUpdate: (callback) => {
        const stop = watch.onUpdate(callback);
        this.watched.change(key, 1);
        return () => {
          stop();
          this.watched.change(key, -1);
        };
      },
    };
  }
}

/** Counts things by key, and tells who listens. */
export class Tally {
  #counts: ReadonlyMap<string, number> = new Map();
  #listeners = new Set<() => void>();

  change(key: string, by: number): void {
    const counts = new Map(this.#counts);
    const count = (counts.get(key) ?? 0) + by;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
    this.#counts = counts;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly snapshot = () => this.#counts;
}

export function SubscriptionCount({ client }: { client: CountingClient }) {
  const counts = useSyncExternalStore(client.watched.subscribe, client.watched.snapshot);
  const keys = [...counts.keys()].sort();
  return (
    <details className="subscriptions">
      <summary>
        <output>{keys.length}</output> {keys.length === 1 ? "subscription" : "subscriptions"}
      </summary>
      <ul>
        {keys.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </details>
  );
}
