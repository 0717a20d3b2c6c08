// The npm clients, against the backend at argv[2], with the token argv[3]. Prints what they saw as JSON.
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi as api } from "convex/server";
import { ConvexError } from "convex/values";

const [url, token] = process.argv.slice(2);
const seen = {};
const caught = async (call) => {
  try {
    return await call();
  } catch (error) {
    return {
      isConvexError: error instanceof ConvexError,
      data: error.data && { ...error.data, big: String(error.data.big) },
    };
  }
};
const describe = (value) =>
  typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : String(value);

const http = new ConvexHttpClient(url, { logger: false });
seen.values = Object.fromEntries(
  Object.entries(await http.query(api.values.all, {})).map(([k, v]) => [k, describe(v)]),
);
seen.echo = describe(await http.query(api.values.echo, { value: 5n }));
await http.mutation(api.messages.send, { author: "ada", body: "over http" });
seen.action = (await http.action(api.files.make, { text: "x" })).text;
seen.httpError = await caught(() => http.mutation(api.messages.refuse, {}));
http.setAuth(token);
seen.httpIdentity = (await http.query(api.people.whoami, {})).subject;

const client = new ConvexClient(url, { logger: false });
const updates = [];
const waiting = [];
client.onUpdate(api.messages.by, { author: "ada" }, (bodies) => {
  updates.push(bodies);
  for (const check of waiting) check();
});
const until = (count) =>
  new Promise((resolve) => {
    const check = () => updates.length >= count && resolve();
    waiting.push(check);
    check();
  });
await until(1);
await client.mutation(api.messages.send, { author: "ada", body: "by this client" });
seen.afterOwnMutation = updates.length; // a mutation resolves once its effect is seen
await http.mutation(api.messages.send, { author: "ada", body: "by the other" });
await until(3);
seen.updates = updates;
seen.socketError = await caught(() => client.mutation(api.messages.refuse, {}));
seen.socketAction = (await client.action(api.files.make, { text: "y" })).text;
await new Promise((resolve) =>
  client.setAuth(
    async () => token,
    (isIn) => isIn && resolve(),
  ),
);
seen.socketIdentity = (await client.query(api.people.whoami, {})).subject;
await client.close();
console.log(JSON.stringify(seen));
