import { httpRouter } from "convex/server";
import { ConvexError } from "convex/values";
import { api, internal } from "./_generated/api";
import { httpAction } from "./_generated/server";

const http = httpRouter();

http.route({
  path: "/echo",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const identity = await ctx.auth.getUserIdentity();
    const headers = new Headers({ "content-type": "application/json", "x-method": request.method });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    const body = { url: request.url, text: await request.text(), who: identity?.subject ?? null };
    return new Response(JSON.stringify(body), { status: 201, headers });
  }),
});

http.route({
  pathPrefix: "/count/",
  method: "GET",
  handler: httpAction(async (ctx) => new Response(String(await ctx.runQuery(internal.messages.count, {})))),
});

http.route({
  path: "/send",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    await ctx.runMutation(api.messages.send, await request.json());
    return new Response(null, { status: 204 });
  }),
});

http.route({
  path: "/fail",
  method: "GET",
  handler: httpAction(() => {
    throw new ConvexError({ code: "TEAPOT" });
  }),
});

export default http;
