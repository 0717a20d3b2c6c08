/**
 * What others get to see. Whole documents never leave: a field that is added to a table stays inside
 * until it is added here.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";

/** What $name shows of a row. */
export const $nameRow = v.object({
  $itemId: v.id("$table"),
  createdAt: v.number(),
});

export function to$NameRow(
  row: Doc<"$table">,
): Infer<typeof $nameRow> {
  return {
    $itemId: row._id,
    createdAt: row._creationTime,
  };
}
