/**
 * Row rules: a second line of defence, for data where one forgotten owner check is too many.
 *
 * A ctx with rules shows and changes only the documents that its rules allow; a table without a rule
 * is not there. What a rule hides is left out of results, so a guarded page can be shorter than
 * asked for. Changing what a rule forbids throws a plain error: whoever gets so far has found a bug.
 *
 *     handler: async (ctx, args) => {
 *       const guarded = guardedMutation(ctx, { notes: ownRows(ctx.user._id) });
 *       await model.rename(guarded, ctx.user._id, args);
 *     }
 *
 * Not instead of `requireOwned`, which answers NOT_FOUND and costs nothing: rules are asked for each
 * document that is read. And no rule sees what a change makes of a document: giving one away is
 * for the model to refuse.
 */
import {
  wrapDatabaseReader,
  wrapDatabaseWriter,
  type Rules,
} from "convex-helpers/server/rowLevelSecurity";
import type { DataModel, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/** By table: what may be read, modified (patched, replaced, deleted) and inserted. */
export type RowRules = Rules<object, DataModel>;

/** What no rule allows is forbidden. */
const POLICY = { defaultPolicy: "deny" } as const;

export function guardedQuery<Ctx extends QueryCtx>(ctx: Ctx, rules: RowRules): Ctx {
  return { ...ctx, db: wrapDatabaseReader({}, ctx.db, rules, POLICY) };
}

export function guardedMutation<Ctx extends MutationCtx>(ctx: Ctx, rules: RowRules): Ctx {
  return { ...ctx, db: wrapDatabaseWriter({}, ctx.db, rules, POLICY) };
}

/** For tables whose documents have an owner: everything to them, nothing to others. */
export function ownRows(userId: Id<"users">) {
  const isOwn = (_: object, document: { ownerId: Id<"users"> }) =>
    Promise.resolve(document.ownerId === userId);
  return { read: isOwn, modify: isOwn, insert: isOwn };
}
