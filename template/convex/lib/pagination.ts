/**
 * Bounds for paginated queries. Pure; may import `convex/server` only.
 */
import type { PaginationOptions } from "convex/server";

/** Documents in a page, at most: more than people read at once, and still cheap to fetch. */
export const MAX_PAGE_SIZE = 100;

/**
 * The client's options with its page size cut to `MAX_PAGE_SIZE`. Everything else must pass through
 * untouched: reactive clients keep their pages together with the cursors in here.
 */
export function bounded(options: PaginationOptions): PaginationOptions {
  return { ...options, numItems: Math.min(options.numItems, MAX_PAGE_SIZE) };
}
