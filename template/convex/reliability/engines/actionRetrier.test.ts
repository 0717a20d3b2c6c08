import { expect, test } from "vitest";
import { backend } from "../../test.setup";
import { actionRetrier } from "./actionRetrier";
import { behavesLikeAnEngine } from "./test.contract";

behavesLikeAnEngine("action-retrier");

test("a job that the component has deleted is lost, and not an error", async () => {
  const t = backend();
  const fate = await t.mutation(async (ctx) => await actionRetrier.look(ctx, "deleted"));
  expect(fate).toEqual({ kind: "lost", error: "The attempt is gone without a trace." });
});
