/**
 * What $audience may call in this domain.
 */
import { v } from "convex/values";
import { $builderName } from "../lib/functions";
import * as upstream from "./upstream";

/** Asks the service, and hands on its checked answer. Keeps nothing. */
export const $name = $builder({
  args: { question: v.string() },
  returns: v.string(),
  handler: async (_, args) => await upstream.$name(args.question),
});
