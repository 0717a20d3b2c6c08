// Two pages of a query, watched while documents come and go. Prints what both show, after each change.
import { ConvexClient } from "convex/browser";
import { anyApi as api } from "convex/server";

const client = new ConvexClient(process.argv[2], { logger: false });
const pages = [];
let onChange = () => {};
const watch = (index, cursor) =>
  client.onUpdate(api.messages.page, { paginationOpts: { numItems: 2, cursor } }, (result) => {
    pages[index] = result;
    onChange();
  });
const until = (condition) =>
  new Promise((resolve) => {
    onChange = () => condition() && resolve();
    onChange();
  });
const shown = () => pages.map(({ page }) => page.map(({ body }) => body));
const seen = [];

watch(0, null);
await until(() => pages[0]);
watch(1, pages[0].continueCursor);
await until(() => pages[1]);
seen.push(shown());
await client.mutation(api.messages.remove, { id: pages[0].page[0]._id });
seen.push(shown());
await client.mutation(api.messages.send, { author: "a", body: "5" });
seen.push(shown());
console.log(JSON.stringify(seen));
process.exit(0);
