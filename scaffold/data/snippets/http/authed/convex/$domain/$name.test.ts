import { expect, test } from "vitest";
import { internal } from "../_generated/api";
import { backend, documentsReadBy, getJson, member } from "../test.setup";
import { insertMany$Items } from "./test.fixtures";

const PATH = "$route";

test("the route answers with the caller's rows, last first", async () => {
  const t = backend();
  const ann = await member(t, "ann");
  const [first, second] = await insertMany$Items(t, ann.userId, 2);
  expect(await getJson(ann, PATH)).toMatchObject({
    rows: [{ $itemId: second }, { $itemId: first }],
  });
});

test("the answer is bounded, however many there are", async () => {
  const t = backend();
  const { userId: ownerId, ...ann } = await member(t, "ann");
  await insertMany$Items(t, ownerId, 50);
  const { rows } = (await getJson(ann, PATH)) as { rows: unknown[] };
  expect(rows).toHaveLength(20);
  const { $name } = internal.$domain.internal;
  expect(await documentsReadBy(t, $name, { ownerId })).toBe(20);
});
