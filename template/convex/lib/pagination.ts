/**
 * Bounds for paginated queries. Pure; may import `convex/server` only.
 */
import type { PaginationOptions } from "convex/server";

/** Most documents that one page may start with. More than people read at once, and cheap to fetch. */
export const MAX_PAGE_SIZE = 100;

/**
 * The client's options with its page size cut to `MAX_PAGE_SIZE`. Everything else must pass through
 * untouched: reactive clients keep their pages together with the cursors in here.
 */
export function bounded(options: PaginationOptions): PaginationOptions {
  return { ...options, numItems: Math.min(options.numItems, MAX_PAGE_SIZE) };
}
