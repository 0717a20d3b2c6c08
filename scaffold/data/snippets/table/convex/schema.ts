/**
 * The tables of all domains, and nothing else: each domain describes its own in tables.ts.
 */
import { defineSchema } from "convex/server";
import { $tables } from "./$domain/tables";

export default defineSchema({
  ...$tables,
});
