import { makeFunctionReference, type ApiFromModules, type FunctionReference } from "convex/server";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Id } from "../_generated/dataModel";
import type { Visitor } from "../test.setup";
import { admin, expectRefusal, member, support } from "../test.setup";
import { openHttp, openQuery } from "./functions";
import { backendWithProbes, type probes } from "./test.probes";

type Kind = "Query" | "Mutation" | "Action";

async function call(visitor: Visitor, access: string, kind: Kind): Promise<unknown> {
  const name = `probes:${access}${kind}`;
  const args = { times: 1 };
  if (kind === "Query") {
    return await visitor.query(makeFunctionReference<"query">(name), args);
  }
  if (kind === "Mutation") {
    const reference = makeFunctionReference<"mutation">(name);
    return await visitor.mutation(reference, args);
  }
  return await visitor.action(makeFunctionReference<"action">(name), args);
}

describe.each(["Query", "Mutation", "Action"] as const)("%s", (kind) => {
  test("open answers anybody", async () => {
    const t = backendWithProbes();
    expect(await call(t, "open", kind)).toBeNull();
  });

  test("authed answers those who are registered, and knows who they are", async () => {
    const t = backendWithProbes();
    const stranger = t.withIdentity({ subject: "new here" });
    const ann = await member(t, "ann");
    await expectRefusal(call(t, "authed", kind), "UNAUTHENTICATED");
    await expectRefusal(call(stranger, "authed", kind), "UNREGISTERED");
    expect(await call(ann, "authed", kind)).toBe(ann.userId);
  });

  test("admin answers administrators", async () => {
    const t = backendWithProbes();
    const ann = await member(t, "ann");
    const boss = await admin(t);
    await expectRefusal(call(t, "admin", kind), "UNAUTHENTICATED");
    await expectRefusal(call(ann, "admin", kind), "FORBIDDEN");
    expect(await call(boss, "admin", kind)).toBe(boss.userId);
  });

  test("admin with a permission answers everybody who has it", async () => {
    const t = backendWithProbes();
    const ann = await member(t, "ann");
    const sue = await support(t);
    await expectRefusal(call(t, "permitted", kind), "UNAUTHENTICATED");
    await expectRefusal(call(ann, "permitted", kind), "FORBIDDEN");
    expect(await call(sue, "permitted", kind)).toBe(sue.userId);
    await expectRefusal(call(sue, "admin", kind), "FORBIDDEN");
  });
});

test("an open function has to say why", () => {
  expect(() => openQuery(" ")).toThrow("Say why");
  expect(() => openHttp("")).toThrow("Say why");
});

test("the builders leave the types of references alone", () => {
  type Api = ApiFromModules<{ probes: typeof probes }>["probes"];
  type Args = { times: number };
  expectTypeOf<Api["openQuery"]>().toEqualTypeOf<
    FunctionReference<"query", "public", Args, string | null>
  >();
  expectTypeOf<Api["authedMutation"]>().toEqualTypeOf<
    FunctionReference<"mutation", "public", Args, Id<"users">>
  >();
  expectTypeOf<Api["internalAction"]>().toEqualTypeOf<
    FunctionReference<"action", "internal", Args, null>
  >();
});
