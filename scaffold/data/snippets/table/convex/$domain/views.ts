/**
 * What others get to see. Whole documents never leave: a field that is added to a table stays inside
 * until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";

/** What owners see. */
export const $itemView = v.object({
  $itemId: v.id("$table"),
  createdAt: v.number(),
  title: v.string(),
});

export function to$ItemView(
  row: Doc<"$table">,
): Infer<typeof $itemView> {
  return {
    $itemId: row._id,
    createdAt: row._creationTime,
    title: row.title,
  };
}
