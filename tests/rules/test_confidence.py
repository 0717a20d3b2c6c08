"""What is shown by default, and what only to those who ask for less sure findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import projects

from scaffold.rules import doc, registry

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  topics: defineTable({
    title: v.string(), rank: v.number(), startedAt: v.number(),
    isDeleted: v.number(), isEnabled: v.number(), isPublished: v.number(), activeSince: v.number(),
    isAdmin: v.optional(v.boolean()), marks: v.array(v.string()),
  }),
  letters: defineTable({ email: v.string(), text: v.string(), sentAt: v.number() }),
  shippers: defineTable({ title: v.string(), email: v.string() }),
  members: defineTable({ name: v.string() }),
  shops: defineTable({ name: v.string(), phone: v.string(), email: v.string() }),
});
"""
SERVER = (
    'import { v } from "convex/values";\n'
    'import { action, internalQuery, mutation, query } from "./_generated/server";\n'
)
CLOCK = "({ args: {}, handler: async () => Date.now() });"
FROZEN = "const now = Date.now();\nexport const at = query({ args: {}, handler: async () => now });"
STAMPED = """\
import { query } from "./_generated/server";
function info(text: string) { %s }
export const all = query({ args: {}, handler: async () => info("all") });
"""
ROOM = """\
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction, internalMutation, internalQuery } from "./_generated/server";
export const %(name)s = internalQuery({
  args: {},
  handler: async (ctx) => (await ctx.db.query("topics").take(9)).length,
});
export const add = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("topics", { title: "", rank: 1 });
  },
});
export const ensure = internalAction({
  args: { most: v.number() },
  handler: async (ctx, { most }) => {
    if ((await ctx.runQuery(internal.a.%(name)s, {})) >= most) return;
    await ctx.runMutation(internal.a.add, {});
  },
});
"""
RACE = """\
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction, internalMutation, internalQuery } from "./_generated/server";
export const find = internalQuery({ args: {}, handler: async (ctx) => await ctx.db.query("topics").first() });
export const %s = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("topics", { title: "", rank: 1 });
  },
});
export const ensure = internalAction({
  args: { title: v.string() },
  handler: async (ctx) => {
    const topic = await ctx.runQuery(internal.a.find, {});
    if (!topic) {
      await ctx.runMutation(internal.a.%s, {});
    }
  },
});
"""
CACHED = RACE.replace("%s", "add").replace("find", "cachedTopic")
BY_HAND = RACE.replace("%s", "add").replace("{ title: v.string() }", "{}")
HELPED_RACE = (
    RACE.replace("%s", "add").replace(
        "    if (!topic)", "    const parts = await split(ctx, topic);\n    if (!parts)"
    )
    + """\
async function split(ctx, topic) {
  return %s;
}
"""
)
CHAIN = """\
import { internal } from "./_generated/api";
import { internalAction, internalMutation, internalQuery } from "./_generated/server";
export const find = internalQuery({ args: {}, handler: async (ctx) => await ctx.db.query("topics").first() });
export const add = internalMutation({
  args: {},
  handler: async (ctx) => void (await ctx.db.insert("topics", { title: "", rank: 1 })),
});
export const sync = internalAction({
  args: {},
  handler: async (ctx) => {
    const topic = await ctx.runQuery(internal.a.find, {});
    %s
    await ctx.%s, {});
  },
});
"""
KEPT_KEY = """\
import { query } from "./_generated/server";
const answer = `
%s
{ "apiKey": "xK7mN2pQ9rT5vW8yB4cD6fG1hJ3kL0nM" }
`;
export const all = query({ args: {}, handler: async () => answer });
"""
MISSING = "if (!topic) throw new Error('none');"
OFFER = """\
import { customCtx, customQuery } from "convex-helpers/server/customFunctions";
import { query } from "./_generated/server";
const timed = customQuery(query, customCtx(() => ({ %s })));
export const all = timed({ args: {}, handler: async () => 1 });
"""
HOOK = """\
import { httpRouter } from "convex/server";
import { internal } from "./_generated/api";
import { httpAction, internalMutation } from "./_generated/server";
export const note = internalMutation({ args: {}, handler: async (ctx) => ctx.db.insert("topics", {}) });
const http = httpRouter();
http.route({
  path: "%s",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    await ctx.runMutation(internal.a.note, await request.json());
    return new Response();
  }),
});
export default http;
"""
OPEN_HOOK = HOOK.replace("http.route", "// No authentication required.\nhttp.route")
KEPT = """\
import { internalAction } from "./_generated/server";
const topic = async (ctx: any, id: string) => %s;
export const load = internalAction({ args: {}, handler: async (ctx) => await topic(ctx, "1") });
"""
READ = "export const all = query({ args: {}, handler: async (ctx) => await ctx.db.query(%s).take(9) });"

ADD = """\
export const %s = mutation({ args: {}, handler: async (ctx) => {
  await ctx.db.insert("topics", { title: "" });
} });
"""
ASKING = """\
export const mine = mutation({ args: {}, handler: async (ctx) => {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new Error("Sign in first");
  await ctx.db.insert("topics", { title: identity.subject });
} });
"""
GUEST = ADD.replace("%s", "add").replace("args: {}", "args: { guest: v.object({ %s: v.string() }) }")
ADD_BESIDE = """\
export const join = mutation({ args: {}, handler: async (ctx) => {
  await ctx.db.insert("%s", { title: "" });
  const before = await ctx.db.query("%s").first();
  if (before !== null) await ctx.db.patch(before._id, { count: before.count + 1 });
} });
"""
CARD = """\
export const add = mutation({ handler: async (ctx, args) => {
  await ctx.db.insert("%s", args);
}, args: { email: v.string(), %s } });
"""
MAILED = """\
export const %s = action({ args: { email: v.string(), message: v.string() }, handler: async (ctx, args) => {
  await fetch("https://mail.example.com", { method: "POST", headers: { key: process.env.MAIL_KEY! } });
} });
"""
VOICED = """\
export const say = mutation({ args: { text: v.string() }, handler: async (ctx, { text }) => {
  await ctx.db.insert("%s", { text, status: "%s" });
} });
"""
LINKED = """\
export const fill = mutation({ args: { id: v.id("topics") }, handler: async (ctx, { id }) => {
  const topic = await ctx.db.get(id);
  if (!topic) throw new Error("%s");
  await ctx.db.patch(id, { title: "Filled" });
} });
"""
SENT_IN = """\
export const submitPaper = mutation({
  args: { title: v.string(), %s: v.string() },
  handler: async (ctx, { title }) => { await ctx.db.insert("papers", { title }); },
});
"""
ASKED = """\
import { internal } from "./_generated/api";
import { action, internalAction } from "./_generated/server";
export const one = internalAction({ args: {}, handler: async () => null });
export const %s = action({ args: {}, handler: async (ctx) => await ctx.runAction(internal.a.one, {}) });
"""
PAID = """\
export const all = query({ args: {}, handler: async (ctx) => {
  const found = await ctx.db.query("jobs").take(9);
  return found.map((job) => ({ title: job.title, pay: job.%s }));
} });
"""
SHOWN = """\
function shown(agent: Doc<"shippers">) {
  const { email, ...rest } = agent;
  void email;
  return rest;
}
const named = (agent: Doc<"shippers">) => ({ id: agent._id, title: agent.title });
const marked = (agent: Doc<"shippers">) => ({ ...agent, marked: true });
export const all = query({ args: {}, handler: async (ctx) => {
  const found = await ctx.db.query("shippers").take(9);
  return found.%s;
} });
"""
KEYED = """\
export const film = action({ args: { id: v.string() }, handler: async (_ctx, { id }) => {
  const found = await fetch(`https://films.example.com/${id}`, { headers: { key: process.env.FILMS_KEY! } });
  return await found.json();
} });
"""
PUBLISHED = """\
export const all = query({ args: {}, handler: async (ctx) => await ctx.db.query("letters").%s.take(9) });
"""
TALK = """\
export const all = query({
  args: { at: v.string() },
  handler: async (ctx, { at }) =>
    await ctx.db.query("chatMessages").withIndex("by_one", (q) => q.eq("%s", at)).take(9),
});
"""
FORM = """\
import { v } from "convex/values";
import { mutation } from "./_generated/server";
export const keep = mutation({
  args: { text: v.string(), %s: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.db.insert("letters", { text });
  },
});
"""
LETTERS = """\
export const all = query({ args: {}, handler: async (ctx) => {
  const found = await ctx.db.query("letters").take(9);
  %s
} });
"""
LIMITED = """\
import { RateLimiter } from "@convex-dev/rate-limiter";
import { components } from "./_generated/api";
import { mutation } from "./_generated/server";
const rates = new RateLimiter(components.rateLimiter, {});
export const add = mutation({ args: {}, handler: async (ctx) => {
  const { ok } = await rates.limit(ctx, "adding", {});
  if (ok) %s
} });
"""
GUARDED = """\
import { action } from "./_generated/server";
import { v } from "convex/values";
export const ask = action({ args: { token: v.string() }, handler: async (_ctx, { token }) => {
  const body = new URLSearchParams({ secret: process.env.GUARD_KEY!, response: token });
  return await (await fetch("%s", { method: "POST", body })).json();
} });
"""
FETCHED = """\
export const weather = action({ args: {}, handler: async () => {
  const answer = await fetch("https://weather.example.com"%s);
  return await answer.json();
} });
"""
RATIONED = """\
import { internal } from "./_generated/api";
import { action, internalMutation } from "./_generated/server";
export const %s = internalMutation({ args: {}, handler: async () => ({ allowed: true }) });
export const add = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("topics", { title: "", rank: 1 });
  },
});
export const request = action({
  args: {},
  handler: async (ctx) => {
    const { allowed } = await ctx.runMutation(internal.a.NAME, {});
    if (!allowed) return;
    await ctx.runMutation(internal.a.add, {});
  },
});
"""
DOOR = """\
export const %s = mutation({
  args: { email: v.string(), %s: v.string() },
  handler: async (ctx, args) => {
    const member = await ctx.db.query("members").filter((q) => q.eq(q.field("email"), args.email)).first();
    if (member?.role !== "merchant") throw new Error("No");
    await ctx.db.insert("topics", { title: member.name, rank: 1 });
  },
});
"""
CAPABLE = """\
// Visitors have no account: `leadId`, which their browser makes up,
// %s.

export const close = mutation({
  args: { id: v.id("topics"), leadId: v.string() },
  handler: async (ctx, { id, leadId }) => {
    if ((await ctx.db.get(id))?.lead !== leadId) throw new Error("Not found");
    await ctx.db.delete(id);
  },
});
"""
BRANCH = """\
export const close = mutation({ args: { topic: v.optional(v.string()) }, handler: async (ctx, { topic }) => {
  if (%s) {
    if ((await ctx.auth.getUserIdentity()) === null) throw new Error("Sign in");
  }
  await ctx.db.delete("x" as any);
} });
"""
MAILED_BY = """\
export const %s = mutation({
  args: { %s: v.string(), id: v.id("topics") },
  handler: async (ctx, args) => {
    const topic = await ctx.db.get(args.id);
    if (topic.ownerId !== args.%s) throw new Error("Not yours");
    await ctx.db.delete(args.id);
  },
});
"""
RENAME = """\
export const rename = mutation({
  args: { userId: v.id("members"), name: v.string() },
  handler: async (ctx, { userId, name }) => {
    %s
    await ctx.db.patch(userId, { name });
  },
});
"""
OWN = """\
export const %s = query({
  args: { userId: v.string() },
  handler: async (ctx, { userId }) =>
    await ctx.db.query("topics").withIndex("by_one", (q) => q.eq("%s", userId)).take(9),
});
"""
FIND = """\
import { query } from "./_generated/server";
export const %s = query({
  args: {},
  handler: async (ctx) => ctx.db.query("topics").filter((q) => q.eq(q.field("%s"), 1)).first(),
});
"""
HASHED = """\
import { hash } from "./hash";
import { query } from "./_generated/server";
import { v } from "convex/values";
export const of = query({
  args: { it: v.any() },
  handler: async (ctx, args) => {
    return %s;
  },
});
"""
LOOSE = """\
import { z } from "zod";
import { components, internal } from "./_generated/api";
import { validateWith } from "./validation";
import { mutation } from "./_generated/server";
import { v } from "convex/values";
const schema = z.object({ name: z.string() });
export const add = mutation({
  args: { id: v.string(), payload: v.any() },
  handler: async (_ctx, args) => {
    %s
  },
});
function shaped(raw: unknown) {
  if (typeof raw !== "object") throw new Error("No");
  return raw;
}
function loose(raw: unknown) {
  const other = 1;
  if (typeof other !== "number") throw new Error("No");
  return raw;
}
"""
SHAPELESS = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({
  args: {
    // %s
    payload: v.any(),
  },
  handler: async (ctx, args) => await ctx.db.insert("topics", args.payload),
});
"""
SERVED = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({
  args: { it: v.any(), %s: v.string() },
  handler: async (ctx, args) => {
    if (args.%s !== process.env.OURS) throw new Error("No");
    await ctx.db.insert("topics", args.it);
  },
});
"""
FAILING = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({ args: { it: v.any() }, handler: async (ctx, args) => { %s } });
"""
TOOL = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({
  args: { %s: v.string(), %s: v.any() },
  handler: async (ctx, args) => await ctx.db.insert("topics", args),
});
"""
PARTS = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const add = mutation({
  args: { message: v.object({ id: v.string(), %s: v.any() }) },
  handler: async (ctx, args) => await ctx.db.insert("topics", args.message),
});
"""
PAYLOAD = """\
import { mutation } from "./_generated/server";
import { v } from "convex/values";
export const keep = mutation({
  args: { %s: v.any() },
  handler: async (ctx, args) => await ctx.db.insert("topics", { title: "a", rank: 1, ...args }),
});
"""
NESTED = PARTS.replace("id: v.string(), %s: v.any()", "%s")
TICKING = """\
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";
export const answer = internalAction({ args: {}, handler: async (ctx) => {
  const ticking = %s(() => { ctx.runAction(internal.a.sign, {})%s; }, 1000);
  clearInterval(ticking);
} });
export const sign = internalAction({ args: {}, handler: async () => null });
"""
SCHEDULED = """\
import { internal } from "./_generated/api";
import { internalAction, mutation } from "./_generated/server";
export const %s = internalAction({ args: {}, handler: async () => null });
export const add = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.%s, {});
} });
"""
STREAMED = """\
import { Agent } from "@convex-dev/agent";
import { components, internal } from "./_generated/api";
import { internalAction, mutation } from "./_generated/server";
const helper = new Agent(components.agent, { name: "helper" });
async function stream(ctx, threadId: string) {
  const { thread } = await helper.continueThread(ctx, { threadId });
  await thread.streamText({ prompt: "Hello" }, %s);
}
export const answer = internalAction({ args: {}, handler: async (ctx) => await stream(ctx, "1") });
export const ask = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.answer, {});
} });
"""
ATTEMPTS = """\
import { internal } from "./_generated/api";
import { internalAction, mutation } from "./_generated/server";
async function post() {
  for (%s) {
    try {
      return await fetch("https://example.com/mail", { method: "POST" });
    } catch (error) {
      console.log("once more", error);
    }
  }
}
export const confirm = internalAction({ args: {}, handler: async () => { await post();%s } });
export const add = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.confirm, {});
} });
"""
SHUTTING = """\
import { internal } from "./_generated/api";
import { internalAction, mutation } from "./_generated/server";
export const shut = internalAction({ args: {}, handler: async () => {
  try { await fetch("https://example.com/boxes/1", { method: "DELETE" }); } catch %s
} });
export const add = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.shut, {});
} });
"""
LOOKED_AFTER = """\
import { internal } from "./_generated/api";
import { internalAction, internalMutation, mutation } from "./_generated/server";
import { v } from "convex/values";
export const work = internalAction({ args: { topic: v.id("topics") }, handler: async () => null });
export const %(late)s = internalMutation({ args: { topic: v.id("topics") }, handler: async () => null });
export const add = mutation({ args: {}, handler: async (ctx) => {
  const topic = await ctx.db.insert("topics", { title: "", rank: 1 });
  const other = await ctx.db.insert("topics", { title: "", rank: 2 });
  await ctx.scheduler.runAfter(0, internal.a.work, { topic });
  await ctx.scheduler.runAfter(%(when)s, internal.a.%(late)s, { topic: %(whose)s });
} });
"""
EACH = """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
import { internalAction, internalMutation, internalQuery } from "./_generated/server";
import { v } from "convex/values";
export const all = internalQuery({ args: {}, handler: async (ctx) => await ctx.db.query("topics").take(9) });
export const note = internalMutation({ args: {}, handler: async (ctx) => null });
export const one = internalAction({ args: { topic: v.id("topics") }, handler: async () => null });
export const each = internalAction({ args: {}, handler: async (ctx) => {
  const topics = await ctx.runQuery(internal.crons.all, {});
  for (const topic of topics) await ctx.scheduler.runAfter(0, internal.crons.one, { topic: topic._id });
  %s
} });
const crons = cronJobs();
crons.%s, internal.crons.each, {});
export default crons;
"""
NOTED = "await ctx.runMutation(internal.crons.note, {});"
MINDED = """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
import { internalAction, internalMutation, mutation } from "./_generated/server";
import { v } from "convex/values";
export const done = internalMutation({
  args: { topic: v.id("topics") },
  handler: async (ctx, { topic }) => await ctx.db.patch("topics", topic, { rank: 2 }),
});
export const work = internalAction({
  args: { topic: v.id("topics") },
  handler: async (ctx, { topic }) => await ctx.runMutation(internal.crons.done, { topic }),
});
export const begin = mutation({ args: { topic: v.id("topics") }, handler: async (ctx, { topic }) => {
  await ctx.scheduler.runAfter(0, internal.crons.work, { topic });
} });
export const %s = internalMutation({ args: {}, handler: async (ctx) => {
  for (const topic of await ctx.db.query("topics").take(9)) await ctx.db.%s;
} });
const crons = cronJobs();
crons.interval("mind", { minutes: 5 }, internal.crons.resetStuck, {});
crons.interval("count", { minutes: 5 }, internal.crons.countTopics, {});
export default crons;
"""
RETRIED = """\
import { internal } from "./_generated/api";
import { internalAction, mutation } from "./_generated/server";
async function %s(work: () => Promise<unknown>) {
  return await work().catch(() => work());
}
export const confirm = internalAction({
  args: {},
  handler: async () => await %s(async () => await fetch("https://example.com/mail", { method: "POST" })),
});
export const add = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.confirm, {});
} });
"""
OF_ONE = """\
import { internalMutation } from "./_generated/server";
import { v } from "convex/values";
export const drop = internalMutation({ args: { title: v.string() }, handler: async (ctx, args) => {
  const topic = await ctx.db.query("topics").first();
  const rows = await ctx.db.query("letters").filter((q) => q.eq(q.field("text"), %s)).collect();
  for (const row of rows) await ctx.db.delete(row._id);
} });
"""
TOLD = """\
import { internalMutation } from "./_generated/server";
import { v } from "convex/values";
export const %s = internalMutation({
  args: { email: v.string(), password: v.string() },
  handler: async (_ctx, args) => console.log(args.%s),
});
"""
PASSED = """\
import { internal } from "./_generated/api";
import { internalAction, internalQuery } from "./_generated/server";
export const hook = internalQuery({ args: {}, handler: async (ctx) => await ctx.db.query("topics").first() });
export const callHook = internalAction({
  args: {},
  handler: async (ctx) => {
    const hook = await ctx.runQuery(internal.a.hook, {});
    await fetch("https://a.example.com/hooks", { method: %s, body: "{}" });
  },
});
"""
HELPED = """\
import { mutation, type MutationCtx } from "./_generated/server";
import { v } from "convex/values";
async function store(ctx: MutationCtx, it: { id: string; payload: unknown; by: string }) {
  %s
  await ctx.db.insert("topics", it.payload);
}
export const add = mutation({
  args: { id: v.string(), payload: v.any() },
  handler: async (ctx, args) => await store(ctx, { ...args, by: "me" }),
});
function shaped(raw: unknown) {
  if (typeof raw !== "object") throw new Error("No");
}
"""
MONTHLY = """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
const crons = cronJobs();
crons.%sinternal.a.tick);
export default crons;
"""
QUIET = TOLD.replace("console.log(args.%s)", "{ if (%%s) console.log(args.password); }") % "act"
TURNED = """\
import { query } from "./_generated/server";
import { v } from "convex/values";
export const page = query({
  args: { %s: v.string(), cursor: v.string() },
  handler: async (ctx, { cursor, ...rest }) => {
    const { secret, word } = rest;
    %s
    return await ctx.db.query("topics").paginate({ numItems: 9, cursor });
  },
});
"""
SWEEP = """\
import { internal } from "./_generated/api";
import { internalMutation, mutation } from "./_generated/server";
import { v } from "convex/values";
export const join = %s({
  args: { rank: v.number() },
  handler: async (ctx, { rank }) => {
    const same = await ctx.db.query("topics").filter((q) => q.eq(q.field("rank"), rank)).take(9);
    return same.length;
  },
});
"""
NIGHTLY = """
export const start = mutation({ args: {}, handler: async (ctx) => {
  await ctx.scheduler.runAfter(0, internal.a.join, { rank: 1 });
} });
"""
POST = """\
import { action } from "./_generated/server";
export const createAll = action({
  args: {},
  handler: async () => {
    await fetch("https://a.example.com/users", { method: "POST", body: JSON.stringify(%s) });
  },
});
"""
ANSWERED = """\
import { action } from "./_generated/server";
export const create = action({
  args: {},
  handler: async () => {
    const answer = await fetch("https://a.example.com/orders", { method: "POST" });
    const other = await fetch("https://a.example.com/orders");
    if (%s) { console.log("%s"); }
  },
});
"""
PULLING = """\
import { Octokit } from "@octokit/rest";
import { action } from "./_generated/server";
export const create = action({
  args: {},
  handler: async () => {
    const octokit = new Octokit({ auth: "x" });
    await octokit.rest.%s({ owner: "a", repo: "b" });
  },
});
"""
POLAR = """\
import { Polar } from "@polar-sh/sdk";
import { action } from "./_generated/server";
export const create = action({
  args: {},
  handler: async () => {
    const polar = new Polar({ accessToken: "x" });
    await polar.%s.create({ products: ["a"] });
  },
});
"""
SENDING = POST.replace("/users", "/send").replace("%s", "{}").replace("createAll", "%s")
WATCHED = POST.replace("export const", "// %s\nexport const").replace("action", "internalAction")
PUSH = """\
import webpush from "web-push";
import { v } from "convex/values";
import { action } from "./_generated/server";
export const push = action({
  args: { to: v.any() },
  handler: async (ctx, { to }) => {
    const payload = JSON.stringify(%s);
    await webpush.sendNotification(to, payload);
  },
});
"""
STORED = """\
import Stripe from "stripe";
import { v } from "convex/values";
import { action } from "./_generated/server";
const stripe = new Stripe(process.env.STRIPE_KEY!);
export const sync = action({
  args: { email: v.string() },
  handler: async (ctx, { email }) => {
    %s
    let id = data[0]?.id;
    if (!id) id = (await stripe.customers.create({ email })).id;
    return id;
  },
});
"""
CALLED = """\
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { internalAction } from "./_generated/server";
const client = new SESClient({});
export const %s = internalAction({
  args: {},
  handler: async () => {
    const command = new SendEmailCommand({ Source: "a@example.com" });
    await client.send(command);
  },
});
"""
SIGNED = """\
import docusign from "docusign-esign";
import { internalAction } from "./_generated/server";
const envelopes = new docusign.EnvelopesApi(new docusign.ApiClient());
export const sign = internalAction({
  args: {},
  handler: async () => void (await envelopes.%s("account", {})),
});
"""
DAILY = POST.replace("a.example.com/users", "api.daily.co/v1/rooms").replace("createAll", "createRoom")
STRIPE = POST.replace('"https://a.example.com/users"', "`https://api.stripe.com/v1/%s`") % ("%s", "{}")
XERO = POST.replace('"https://a.example.com/users"', "`https://api.xero.com/api.xro/2.0/Invoices%s`") % (
    "%s",
    "{}",
)
POST_AT_HOME = POST.replace('"https://a.example.com/users"', "`${process.env.JOBS_URL}/run`")
POST_OF_OURS = POST.replace('"https://a.example.com/users"', "`https://${process.env.HOST}/send`")
SCAN = """\
import { query } from "./_generated/server";
export const all = query({
  args: {},
  handler: async (ctx) => {
    // %s
    const topics = await ctx.db.query("topics")%s;
    return topics;
  },
});
"""
DESK = """\
import { v } from "convex/values";
import { mutation, type MutationCtx } from "./_generated/server";
class Desk {
  constructor(private ctx: MutationCtx) { %s }
  async drop(id: any) { await this.ctx.db.delete(id); }
}
export const drop = mutation({
  args: { id: v.id("letters") },
  handler: async (ctx, { id }) => {
    const desk = new Desk(ctx);
    await desk.drop(id);
  },
});
"""
LOOPED = """\
import { query } from "./_generated/server";
export const all = query({
  args: {},
  handler: async (ctx) => {
    const found: unknown[] = [];
    const letters = ctx.db.query("letters");
    for await (const each of letters) %s;
    return found;
  },
});
"""
FILTERED = '.filter((q) => q.eq(q.field("title"), "a")).collect()'
SIEVED = 'collect().then((all) => all.filter((each) => each.title === "a"))'
BESIDE = """\
import { query } from "./_generated/server";
export const all = query({
  args: {},
  handler: async (ctx) => {
    const topics = await ctx.db.query("topics").collect(); // %s
    return topics.filter((each) => each.title === "a");
  },
});
"""
PICK = """\
import { query } from "./_generated/server";
export const all = query({
  args: {},
  handler: async (ctx) => {
    const kept = [];
    for (const each of await ctx.db.query("topics").collect()) {
      %s
      kept.push(each);
    }
    return kept;
  },
});
"""
ABSENT = ".collect().then((all) => all.filter((each) => each.deletedAt === null))"
TRY = """\
import { mutation, type MutationCtx } from "./_generated/server";
async function add(ctx: MutationCtx) {
  await ctx.db.insert("topics", { title: "", rank: 1 });
  await ctx.db.insert("topics", { title: "", rank: 2 });
}
export const fill = mutation({
  args: {},
  handler: async (ctx) => {
    %s
  },
});
"""
TWICE = (
    'try { await add(ctx); await ctx.db.insert("members", { name: "" }); } catch (e) { %s console.log(e); }'
)
SAFELY = """\
async function safely(work: () => Promise<void>) {
  try { await work(); } catch (error) { console.error(error); }
}
"""
FILLED = """\
export const %s = mutation({ args: {}, handler: async (ctx) => {
  if (await ctx.db.query("topics").first()) %s;
  await ctx.db.insert("%s", { title: "First" });
} });
"""
SAID = "args: { title: v.string() }"
EDIT = """\
import { v } from "convex/values";
import { mutation } from "./_generated/server";
const %s = (rank: number) => rank > 1;
const args = { id: v.id("topics"), title: v.string() };
export const edit = mutation({ args, handler: async (ctx, args) => {
  const topic = await ctx.db.get(args.id);
  if (!topic || !%s(topic.rank)) throw new Error("No");
  await ctx.db.patch(topic._id, { title: args.title });
} });
"""
PARSED = """\
import { httpRouter } from "convex/server";
import { internal } from "./_generated/api";
import { httpAction } from "./_generated/server";
const http = httpRouter();
http.route({
  path: "/hook",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const event = await request.%s();
    %s
    await ctx.runMutation(internal.events.apply, { event });
    return new Response(null);
  }),
});
async function checkBoth(text: string, data: { shop: string }) {
  const secret = await secretOf(data.shop);
  if (!(await verifySignature(text, secret))) throw new Error("No");
}
export default http;
"""
DEFAULT = 'process.env.BASE ?? "http://localhost:80'
THROUGH = """\
import { internalAction } from "./_generated/server";
const %s = async (path: string, body: string) =>
  await fetch(`${process.env.BASE}${path}`, { method: "POST", body });
export const read = internalAction({ args: {}, handler: async () => void (await %s("/api/run", "{}")) });
"""
PAGES = THROUGH.replace("/api/run", "/pages")


@pytest.mark.parametrize(
    ("code", "text", "confidence"),
    [
        ("CX306", TRY % TWICE % "", "high"),
        ("CX306", TRY % TWICE % "/* the name is no matter */", "medium"),
        ("CX306", TRY % TWICE % "console.log('https://help.example.com');", "high"),
        ("CX306", TRY % f"// Best effort.\n{TWICE % ''}", "medium"),
        ("CX306", TRY % f"// All of it.\n{TWICE % ''}", "high"),
        ("CX306", TRY % "try { await add(ctx); } catch {}", "medium"),
        ("CX306", TRY.replace("fill", "purgeAll") % TWICE % "", "medium"),
        ("CX306", TRY % "await add(ctx).catch(console.error);", "medium"),
        ("CX306", SAFELY + TRY % "await safely(async () => { await add(ctx); await add(ctx); });", "high"),
        ("CX306", SAFELY + TRY % "await safely(async () => { await add(ctx); });", "medium"),
        ("CX303", FROZEN, "high"),
        ("CX303", "const now = Date.now();\nexport const sample = { at: now };", "medium"),
        ("CX303", f"// Captured at module load.\n{FROZEN}", "medium"),
        ("CX303", FROZEN.replace("now", "SAMPLE_AT", 1).replace("=> now", "=> SAMPLE_AT"), "medium"),
        ("CX601", HOOK % "/forms/submit", "medium"),
        ("CX601", OPEN_HOOK % "/rows", "medium"),
        ("CX601", OPEN_HOOK % "/hook", "high"),
        ("CX301", TICKING % ("setInterval", ".catch(() => {})"), "medium"),
        ("CX301", TICKING % ("setInterval", ""), "high"),
        ("CX301", TICKING % ("setTimeout", ".catch(() => {})"), "high"),
        ("CX402", SCHEDULED.replace("%s", "report"), "high"),
        ("CX402", SCHEDULED.replace("%s", "trackReport"), "medium"),
        ("CX402", SCHEDULED.replace("%s", "submitToIndexNow"), "medium"),
        ("CX402", STREAMED % "{ saveStreamDeltas: true }", "medium"),
        ("CX402", STREAMED % "{ saveStreamDelay: true }", "high"),
        ("CX402", ATTEMPTS % ("let attempt = 0; attempt < 3; attempt++", ""), "medium"),
        ("CX402", ATTEMPTS % ("let page = 0; page < 3; page++", ""), "high"),
        ("CX402", ATTEMPTS % ("const attempt of [1, 2]", ""), "high"),
        ("CX402", ATTEMPTS % ("let n = 0; n < MAX_RETRIES; n++", ""), "medium"),
        ("CX402", ATTEMPTS % ("let attempt = 0; attempt < 3; attempt++", ' await fetch("a");'), "high"),
        ("CX402", SCHEDULED.replace("%s", "seedTopics"), "medium"),
        ("CX402", SCHEDULED.replace("%s", "addFixture"), "medium"),
        ("CX402", SCHEDULED.replace("%s", "seedlings"), "high"),
        ("CX402", SCHEDULED.replace("%s", "sendTestEmail"), "medium"),
        ("CX402", SCHEDULED.replace("%s", "sendTestimonials"), "high"),
        ("CX402", SHUTTING % "{}", "medium"),
        ("CX402", SHUTTING.replace("DELETE", "POST").replace("/1", "/1/messages") % "{}", "high"),
        ("CX402", SHUTTING % "(error) { console.error(error); }", "high"),
        ("CX402", LOOKED_AFTER % {"late": "failStale", "when": "9000", "whose": "topic"}, "medium"),
        ("CX402", LOOKED_AFTER % {"late": "failStale", "when": "9000", "whose": "other"}, "high"),
        ("CX402", LOOKED_AFTER % {"late": "failStale", "when": "0", "whose": "topic"}, "high"),
        ("CX402", LOOKED_AFTER % {"late": "expire", "when": "9000", "whose": "topic"}, "high"),
        ("CX402", MINDED % ("resetStuck", 'patch("topics", topic._id, { rank: 1 })'), "medium"),
        ("CX402", MINDED % ("countTopics", 'patch("topics", topic._id, { rank: 1 })'), "high"),
        ("CX402", MINDED % ("resetStuck", 'delete("topics", topic._id)'), "high"),
        ("CX402", MINDED % ("resetStuck", 'patch("topics", topic._id, { title: "" })'), "high"),
        ("CX402", EACH % ("", 'interval("each", { minutes: 5 }'), "medium"),
        ("CX402", EACH % ("", 'hourly("each", { minuteUTC: 5 }'), "medium"),
        ("CX402", EACH % ("", 'cron("each", "*/5 * * * *"'), "medium"),
        ("CX402", EACH % ("", 'cron("each", "5 3 * * *"'), "high"),
        ("CX402", EACH % ("", 'interval("each", { hours: 24 }'), "high"),
        ("CX402", EACH % ("Date.now();", 'interval("each", { minutes: 5 }'), "high"),
        ("CX402", EACH % (NOTED, 'interval("each", { minutes: 5 }'), "high"),
        ("CX402", RETRIED.replace("%s", "withRetry"), "medium"),
        ("CX402", RETRIED.replace("%s", "withRetries"), "medium"),
        ("CX402", RETRIED.replace("%s", "withRetrieval"), "high"),
        ("CX601", HOOK % "/forms/webhook", "high"),
        ("CX207", FIND % ("one", "rank"), "high"),
        ("CX207", FIND % ("backfillRanks", "rank"), "medium"),
        ("CX207", FIND % ("one", "isDeleted"), "medium"),
        ("CX207", FIND % ("one", "isEnabled"), "medium"),
        ("CX207", FIND % ("one", "isPublished"), "medium"),
        ("CX207", FIND % ("one", "activeSince"), "high"),
        ("CX207", FIND % ("one", "undeclared"), "medium"),
        ("CX207", FIND % ("one", "marks"), "medium"),
        ("CX207", SCAN % ("A tiny table.", f".{SIEVED}"), "medium"),
        ("CX207", SCAN % ("tiny letters", f".{SIEVED}"), "high"),
        ("CX207", BESIDE % "tiny table, admin path", "medium"),
        ("CX207", BESIDE % "all of them", "high"),
        ("CX203", BESIDE % "tiny table, admin path", "medium"),
        ("CX203", BESIDE % "all of them", "high"),
        ("CX202", BESIDE % "a small table for now", "high"),
        ("CX203", SCAN % ("all", f".{SIEVED.replace('title', 'legacy')}"), "medium"),
        ("CX104", LOOSE % "return args.payload;", "high"),
        ("CX104", LOOSE % "return JSON.parse(args.payload);", "high"),
        ("CX104", LOOSE % "return schema.parse(args.id);", "high"),
        ("CX104", LOOSE % "return schema.safeParse(args.payload);", "medium"),
        ("CX104", LOOSE % "return validateWith(schema, args.payload);", "medium"),
        ("CX104", LOOSE % "await _ctx.runMutation(components.box.put, { it: args.payload });", "medium"),
        ("CX104", LOOSE % "await _ctx.runMutation(internal.box.put, { it: args.payload });", "high"),
        ("CX104", SHAPELESS % "the shape is up to them: v.any() is intentional", "medium"),
        ("CX104", SHAPELESS % "TODO: was intentional, name the shape", "high"),
        ("CX104", SHAPELESS % "v.any(): the shape varies per tool", "medium"),
        ("CX104", SHAPELESS % "the values are heterogeneous", "medium"),
        ("CX104", SHAPELESS % "the values of the form", "high"),
        ("CX104", PAYLOAD % "previous_value", "medium"),
        ("CX104", PAYLOAD % "signalData", "medium"),
        ("CX104", PAYLOAD % "signals", "high"),
        ("CX104", NESTED % "agentType: v.string(), input: v.any()", "medium"),
        ("CX104", NESTED % "agentTyped: v.string(), input: v.any()", "high"),
        ("CX104", PAYLOAD % "defaultValue", "high"),
        ("CX104", SERVED % ("serverSecret", "serverSecret"), "medium"),
        ("CX104", SERVED % ("serverSection", "serverSection"), "high"),
        ("CX104", PARTS % "toolInput", "medium"),
        ("CX104", PARTS % "toolbar", "high"),
        ("CX104", PARTS % "inputSchema", "medium"),
        ("CX104", PARTS % "openApiSpec", "medium"),
        ("CX104", PARTS % "mcpToolSpec", "medium"),
        ("CX104", PARTS % "toolSpecial", "high"),
        ("CX104", PARTS % "yesBranch", "medium"),
        ("CX104", PARTS % "raw_response", "medium"),
        ("CX104", PARTS % "rawness", "high"),
        ("CX104", NESTED % "request: v.object({ body: v.any() })", "medium"),
        ("CX104", NESTED % "article: v.object({ body: v.any() })", "high"),
        ("CX104", HASHED.replace("query", "action") % "args.it ?? { made: true }", "medium"),
        ("CX104", HASHED.replace("query", "action") % 'await fetch("https://a.example", args.it)', "high"),
        ("CX104", HASHED.replace("query", "mutation") % "args.it", "high"),
        ("CX104", HASHED.replace("query", "action").replace("./hash", "hash-kit") % "hash(args.it)", "high"),
        ("CX104", NESTED % "raw_response: v.object({ one: v.any() })", "medium"),
        ("CX104", NESTED % "blocks: v.array(v.object({ input: v.any() }))", "medium"),
        ("CX104", NESTED % "rows: v.array(v.object({ input: v.any() }))", "high"),
        ("CX104", PARTS % "content_json", "medium"),
        ("CX104", PARTS % "draftBioContent", "medium"),
        ("CX104", PARTS % "richText", "medium"),
        ("CX104", PARTS % "contents", "high"),
        ("CX104", NESTED % "key: v.string(), value: v.any()", "medium"),
        ("CX104", NESTED % "name: v.string(), value: v.any()", "high"),
        ("CX104", NESTED % "type: v.string(), attrs: v.any(), content: v.string()", "medium"),
        ("CX104", NESTED % "kind: v.string(), attrs: v.any(), content: v.string()", "high"),
        ("CX104", NESTED % "type: v.string(), content: v.any()", "medium"),
        ("CX104", NESTED % "event: v.string(), payload: v.any()", "medium"),
        ("CX104", NESTED % 'kind: v.union(v.literal("a"), v.literal("b")), config: v.any()', "medium"),
        ("CX104", NESTED % "event: v.string(), patch: v.any()", "high"),
        ("CX104", NESTED % "title: v.string(), payload: v.any()", "high"),
        ("CX104", SHAPELESS % "we validate the structure manually", "medium"),
        ("CX104", SHAPELESS % "a validated structure", "high"),
        ("CX104", PAYLOAD % "testPayload", "medium"),
        ("CX104", PAYLOAD % "latestPayload", "high"),
        ("CX104", NESTED % "key: v.string(), values: v.any()", "high"),
        ("CX104", NESTED % "table: v.string(), id: v.string(), patch: v.any()", "medium"),
        ("CX104", NESTED % 'table: v.id("topics"), patch: v.any()', "high"),
        ("CX104", PARTS % "branchName", "high"),
        ("CX104", SHAPELESS % "v.any() because the shape follows their releases", "medium"),
        ("CX104", SHAPELESS % "any of them, or none", "high"),
        ("CX104", TOOL % ("toolName", "argumentsSnapshot"), "medium"),
        ("CX104", TOOL % ("name", "argumentsSnapshot"), "high"),
        ("CX104", TOOL % ("event", "properties"), "medium"),
        ("CX104", TOOL % ("event", "venue"), "high"),
        ("CX104", TOOL % ("estate", "properties"), "high"),
        ("CX104", TOOL % ("toolName", "resulting"), "high"),
        ("CX104", PARTS % "specification", "high"),
        ("CX104", FAILING % "throw new Error('gone');", "medium"),
        ("CX104", FAILING % "if (args.it) throw new Error('gone');", "high"),
        ("CX104", HASHED % "hash(args.it)", "medium"),
        ("CX104", HASHED % "null", "high"),
        ("CX104", HASHED % 'await ctx.db.query("topics").withIndex("by_it", hash(args.it)).first()', "high"),
        ("CX702", TOLD % ("add", "email"), "high"),
        ("CX702", TOLD % ("seedUsers", "email"), "medium"),
        ("CX702", TOLD % ("seedUsers", "password"), "high"),
        ("CX702", TOLD % ("reseat", "email"), "high"),
        ("CX201", SCAN % ("those of today", FILTERED), "high"),
        ("CX201", SCAN % ("A full scan is acceptable here: it runs once a month.", FILTERED), "medium"),
        ("CX201", SCAN % ("TODO: a full scan is acceptable for now", FILTERED), "high"),
        ("CX202", SCAN % ("all topics", ".collect()"), "high"),
        ("CX202", SCAN % ("The table is very small.", ".collect()"), "medium"),
        ("CX202", SCAN % ("Should be paged once the table is not so small", ".collect()"), "high"),
        ("CX203", SCAN % ("in small letters", f".{SIEVED}"), "high"),
        ("CX203", SCAN % ("all", ABSENT), "medium"),
        ("CX203", SCAN % ("all", ABSENT.replace("deletedAt === null", "isActive === true")), "medium"),
        ("CX203", SCAN % ("all", ABSENT.replace("deletedAt === null", "isAdmin === true")), "medium"),
        ("CX203", (SCAN % ("in small letters", f".{SIEVED}")).replace("all =", "migrateAll ="), "medium"),
        ("CX203", PICK % 'if (each.title !== "a") continue;', "high"),
        ("CX203", SCAN % ("Every topic, on purpose", f".{SIEVED}"), "medium"),
        ("CX104", LOOSE % "return shaped(args.payload);", "medium"),
        ("CX104", LOOSE % "return loose(args.payload);", "high"),
        ("CX104", LOOSE % "return shaped(args.id);", "high"),
        ("CX207", SWEEP % "internalMutation", "medium"),
        ("CX207", SWEEP % "mutation", "high"),
        ("CX207", SWEEP % "internalMutation" + NIGHTLY, "high"),
        ("CX209", TURNED % ("secret", 'if (secret !== process.env.OURS) throw new Error("No");'), "medium"),
        ("CX209", TURNED % ("secret", ""), "high"),
        ("CX209", TURNED % ("word", 'if (word !== process.env.OURS) throw new Error("No");'), "high"),
        ("CX702", QUIET % "!process.env.MAIL_KEY", "medium"),
        ("CX702", QUIET % "!process.env.MAIL_KEY || !process.env.MAIL_FROM", "medium"),
        ("CX702", QUIET % "!process.env.MAIL_KEY || args.email", "high"),
        ("CX702", QUIET % "args.password && !process.env.MAIL_KEY", "medium"),
        ("CX702", QUIET % "process.env.MAIL_KEY", "high"),
        ("CX702", QUIET % "process.env.DEBUG_MAILS", "medium"),
        ("CX702", QUIET % "process.env.NODE_ENV !== 'production'", "medium"),
        ("CX702", QUIET % "process.env.NODE_ENV === 'production'", "high"),
        ("CX702", QUIET % "args.email", "high"),
        ("CX104", HELPED % "shaped(it.payload);", "medium"),
        ("CX104", HELPED % "shaped(it.id);", "high"),
        ("CX207", FIND % ("diagnoseRanks", "rank"), "medium"),
        ("CX207", FIND % ("fixRanks", "rank"), "medium"),
        ("CX207", FIND % ("fixtureRanks", "rank"), "medium"),
        ("CX207", FIND % ("fixedRanks", "rank"), "high"),
        ("CX207", FIND % ("repairRanks", "rank"), "medium"),
        ("CX207", FIND % ("repairsOfRank", "rank"), "high"),
        ("CX207", FIND % ("invariantOfRanks", "rank"), "medium"),
        ("CX207", FIND % ("simulateRanks", "rank"), "medium"),
        ("CX404", MONTHLY % 'cron("m", "0 0 1 * *", ', "medium"),
        ("CX404", MONTHLY % 'cron("m", "0 0 1 8 *", ', "medium"),
        ("CX404", MONTHLY % 'cron("m", "0 0 * * *", ', "high"),
        ("CX404", MONTHLY % 'cron("m", "0 3 1 * *", ', "high"),
        ("CX404", MONTHLY % 'monthly("m", { day: 1, hourUTC: 0, minuteUTC: 0 }, ', "medium"),
        ("CX404", MONTHLY % 'monthly("m", { day: 2, hourUTC: 0, minuteUTC: 0 }, ', "high"),
        ("CX401", (POST % "{}").replace("/users", "/repos/a/b/releases"), "medium"),
        ("CX104", TOOL % ("prompt", "schema"), "medium"),
        ("CX104", TOOL % ("prompt", "schemas"), "high"),
        ("CX401", POST.replace("a.example.com/users", "a.pdfsmith.example/documents") % "{}", "medium"),
        ("CX401", (POST % "{}").replace("const createAll", "const generateTicketsPDF"), "medium"),
        ("CX401", (POST % "{}").replace("const createAll", "const generateAndSendTickets"), "high"),
        ("CX401", (POST % "{}").replace("const createAll", "const sendMessageToClaude"), "medium"),
        ("CX401", (POST % "{}").replace("const createAll", "const sendMessageToClaudia"), "high"),
        ("CX401", ANSWERED % ("answer.status === 409", "no"), "medium"),
        ("CX401", ANSWERED % ("other.status === 409", "no"), "high"),
        ("CX401", ANSWERED % ("answer.status === 422", "It is there already"), "medium"),
        ("CX401", ANSWERED % ("answer.status === 422", "It is wrong"), "high"),
        ("CX401", ANSWERED % ("!answer.ok", "It is there already"), "high"),
        ("CX401", PULLING % "pulls.create", "medium"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.line.me/v2/message/reply"), "medium"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.line.me/v2/message/push"), "high"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.razorpay.com/v1/orders"), "medium"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.razorpay.com/v1/payouts"), "high"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.cloudflare.com/v4/zones"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/message-groups/1/leave"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/message-groups/1/leaves"), "high"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.polar.sh/v1/checkouts"), "medium"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.polar.sh/v1/refunds"), "high"),
        ("CX401", POLAR % "checkouts", "medium"),
        ("CX401", POLAR % "customers", "medium"),
        ("CX401", POLAR % "refunds", "high"),
        ("CX401", PULLING % "issues.create", "high"),
        ("CX401", (POST % "{}").replace("/users", "/repos/a/b/pulls"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/repos/a/b/pulls/1/comments"), "high"),
        ("CX401", PASSED % "hook.method ?? 'POST'", "medium"),
        ("CX401", PASSED % "'POST'", "high"),
        ("CX401", POST % '{ to: 1, status: "read" }', "medium"),
        ("CX401", POST % '{ to: 1, status: "new" }', "high"),
        ("CX401", POST % '{ to: 1, reaction: { emoji: "x" } }', "medium"),
        ("CX401", POST % '{ to: 1, reaction: "x" }', "high"),
        ("CX401", (POST % "{}").replace("/users", "/transfers/status"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/transfers/checkStatus"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/transfers/status/notify"), "high"),
        ("CX401", (POST % "{}").replace("/users", "/messages/1/reactions"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/payments/1/approve"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/payments/1/refund"), "high"),
        ("CX401", (POST % "{}").replace("/users", "/payments/approve-all"), "high"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.paystack.co/customer"), "medium"),
        ("CX401", (POST % "{}").replace("a.example.com/users", "api.paystack.co/transfer"), "high"),
        ("CX401", PUSH % '{ title: "x", tag: "dm" }', "medium"),
        ("CX401", PUSH % '{ title: "x", tags: "dm" }', "high"),
        ("CX401", (POST % '{ collapseId: "x" }').replace("a.example.com/users", "exp.host/send"), "medium"),
        ("CX401", (POST % "{ to: 1 }").replace("a.example.com/users", "exp.host/push/send"), "high"),
        ("CX401", POST % '{ to: 1, tag: "x" }', "high"),
        ("CX401", (POST % "{}").replace("/users", "/forget-message"), "medium"),
        ("CX401", (POST % "{}").replace("createAll", "seedAll"), "medium"),
        ("CX401", (POST % "{}").replace("createAll", "sendSeeds"), "high"),
        ("CX401", SENDING % "validateHookConnection", "medium"),
        ("CX401", SENDING % "validateConnectionAndPay", "high"),
        ("CX401", SENDING % "invalidateConnection", "high"),
        ("CX401", (POST % "{}").replace("createAll", "likeIt").replace("/users", "/messages"), "medium"),
        ("CX401", (POST % "{}").replace("createAll", "likenIt").replace("/users", "/messages"), "high"),
        ("CX401", (POST % "{}").replace("/users", "/orders/banks/resolve"), "medium"),
        ("CX401", (POST % "{}").replace("/users", "/send-forgotten"), "high"),
        ("CX401", WATCHED % ("Run it: npx convex run a:createAll", "{}"), "medium"),
        ("CX401", WATCHED % ("Makes all of them.", "{}"), "high"),
        ("CX401", WATCHED % ("For one-time payments on the dashboard.", "{}"), "high"),
        ("CX401", POST_OF_OURS % "{ blastId }", "medium"),
        ("CX401", POST_OF_OURS % "{ blast }", "high"),
        ("CX401", POST % "{ blastId }", "high"),
        ("CX401", POST % '{ action: "add" }', "high"),
        ("CX401", POST.replace("/users", "/send-typing-indicator") % "{}", "medium"),
        ("CX401", POST.replace("https://a.example.com", "http://127.0.0.1:7244") % "{}", "medium"),
        ("CX401", POST.replace('"https://a.example.com', 'process.env.BASE + "') % "{}", "high"),
        ("CX401", POST.replace('"https://a.example.com', DEFAULT) % "{}", "high"),
        ("CX401", THROUGH % ("postPipeline", "postPipeline"), "medium"),
        ("CX401", THROUGH % ("sendRawRequest", "sendRawRequest"), "medium"),
        ("CX401", THROUGH % ("sendReceipt", "sendReceipt"), "high"),
        ("CX401", THROUGH % ("sendFriendRequest", "sendFriendRequest"), "high"),
        ("CX401", THROUGH.replace("/api/run", "/ocr/page") % ("sendReceipt", "sendReceipt"), "medium"),
        ("CX401", PAGES % ("sendReceipt", "sendReceipt"), "high"),
        ("CX401", THROUGH.replace("/api/run", "/pages.html") % ("sendReceipt", "sendReceipt"), "medium"),
        ("CX401", THROUGH.replace("/api/run", "/pages.json") % ("sendReceipt", "sendReceipt"), "high"),
        ("CX401", PAGES % ("listPages", "listPages"), "medium"),
        ("CX401", PAGES % ("listOrCreateAll", "listOrCreateAll"), "high"),
        ("CX401", PAGES % ("wikiFetch", "wikiFetch"), "medium"),
        ("CX401", PAGES.replace("const read", "const addPage") % ("wikiFetch", "wikiFetch"), "high"),
        ("CX401", POST.replace("/users", "/users/") % "{}", "high"),
        ("CX401", POST_AT_HOME.replace("/run", "/users/${process.env.ID}") % "{}", "medium"),
        ("CX401", POST.replace("createAll", "readAll") % "{}", "medium"),
        ("CX401", POST.replace("createAll", "setSmsHook") % "{}", "medium"),
        ("CX401", POST.replace("createAll", "smsAll") % "{}", "high"),
        ("CX401", POST.replace("createAll", "setupShopWebhook").replace("/users", "/hooks") % "{}", "medium"),
        ("CX401", POST.replace("createAll", "sendShopWebhook").replace("/users", "/hooks") % "{}", "high"),
        ("CX401", POST.replace("createAll", "settleHooks").replace("/users", "/hooks") % "{}", "high"),
        ("CX401", POST.replace("createAll", "relay").replace("/users", "/api/v1/msg") % "{}", "high"),
        ("CX401", POST.replace("createAll", "relay").replace("/users", "/api/v1/feed") % "{}", "high"),
        ("CX401", POST.replace("createAll", "relay").replace("/users", "/api/v1/feedback") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/configs/templates") % "{}", "medium"),
        ("CX401", POST % '{ amount: 1, reference: "a" }', "medium"),
        ("CX401", POST % "{ amount: 1, tx_ref: `${process.env.A}-1` }", "medium"),
        ("CX401", POST % "{ amount: 1, reference: `a-${Date.now()}` }", "high"),
        ("CX401", POST % '{ amount: 1, preference: "a" }', "high"),
        ("CX401", STORED % "const { data } = await stripe.customers.list({ email });", "medium"),
        ("CX401", STORED % "const { data } = await stripe.prices.list({ email });", "high"),
        ("CX401", STORED.replace("customers.create", "accountSessions.create") % "const data = []", "medium"),
        ("CX401", STORED.replace("customers.create", "subscriptions.create") % "const data = []", "high"),
        ("CX401", CALLED % "sendEmail", "high"),
        ("CX401", THROUGH % ("backfillPurchases", "backfillPurchases"), "medium"),
        ("CX401", THROUGH % ("recordPurchase", "recordPurchase"), "high"),
        ("CX401", THROUGH % ("triggerProcessing", "triggerProcessing"), "medium"),
        ("CX401", THROUGH % ("dispatchProcessing", "dispatchProcessing"), "high"),
        ("CX401", POST.replace("createAll", "relay").replace("/users", "/track/v1/number") % "{}", "medium"),
        ("CX401", POST.replace("createAll", "relay").replace("/users", "/v1/track") % "{}", "high"),
        ("CX401", POST.replace("/users", "/contacts/1/tags") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/contacts/1/notes") % "{}", "high"),
        ("CX401", THROUGH % ("sendTypingIndicator", "sendTypingIndicator"), "medium"),
        ("CX401", POST.replace("/users", "/deployments/1/redeploy") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/deployments/1/deploy") % "{}", "high"),
        ("CX401", POST.replace("/users", "/messages/reaction/add") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/usage/report") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/usage/records") % "{}", "high"),
        ("CX401", POST.replace("a.example.com/users", "graph.facebook.com/message_templates") % "", "medium"),
        ("CX401", POST.replace("a.example.com/users", "api.hubapi.com/contacts/batch/create") % "", "medium"),
        ("CX401", POST_OF_OURS % "{ secret: process.env.SECRET }", "medium"),
        ("CX401", POST_OF_OURS % "{ secret: process.env.SECRET, to: 1 }", "high"),
        ("CX401", POST % "{ secret: process.env.SECRET }", "high"),
        ("CX401", DAILY % '{ name: "a" }', "medium"),
        ("CX401", DAILY % "{ name: `a-${Date.now()}` }", "high"),
        ("CX401", DAILY % '{ title: "a" }', "high"),
        ("CX401", POST_OF_OURS.replace("HOST", "CONVEX_SITE_URL") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/stores/1/invoices") % "{ metadata: { orderId: 1 } }", "medium"),
        ("CX401", POST.replace("/users", "/stores/1/invoices") % "{ metadata: { buyerId: 1 } }", "high"),
        ("CX401", POST.replace("/users", "/stores/1/refunds") % "{ orderId: 1 }", "high"),
        ("CX401", CALLED % "test", "medium"),
        ("CX401", CALLED % "testament", "high"),
        ("CX401", SIGNED % "createRecipientView", "medium"),
        ("CX401", SIGNED % "createEnvelope", "high"),
        ("CX401", POST % '{ action: "delete" }', "medium"),
        ("CX401", POST % '{ action: "disable" }', "medium"),
        ("CX401", POST % '[["DEL", "a"], ["UNLINK", "b"]]', "medium"),
        ("CX401", POST % '[["INCR", "a"]]', "high"),
        ("CX401", POST % "{ runId: 1 }", "high"),
        ("CX401", POST.replace("/users", "/users/cancel") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/settle") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "slack.com/api/chat.update") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "slack.com/api/chat.postMessage") % "{}", "high"),
        ("CX401", POST % "typingPayload(1)", "medium"),
        ("CX401", POST % "prototyping(1)", "high"),
        ("CX401", POST.replace("/users", "/newsletter-form/1") % "{}", "medium"),
        ("CX401", STRIPE % "subscriptions/${process.env.ID}", "medium"),
        ("CX401", STRIPE % "subscriptions", "high"),
        ("CX401", STRIPE % "account_links", "medium"),
        ("CX401", XERO % "/${process.env.ID}", "medium"),
        ("CX401", XERO % "", "high"),
        ("CX401", POST.replace("/users", "/repos/a/b/hooks") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/a/b/hooks") % "{}", "high"),
        ("CX401", POST.replace("/users", "/channels/join") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/v10/projects/a/domains") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/reconcile") % "{}", "medium"),
        ("CX401", POST.replace("const createAll", "const fetchTolls") % "{}", "medium"),
        ("CX401", POST.replace("const createAll", "const getOrCreateUser") % "{}", "high"),
        ("CX401", POST.replace("const createAll", "const getawayAndPay") % "{}", "high"),
        ("CX401", POST.replace("const createAll", "const generateSummary") % "{}", "medium"),
        ("CX401", POST.replace("const createAll", "const issueInvoice") % "{}", "high"),
        ("CX401", POST.replace("const createAll", "const testSms") % "{}", "medium"),
        ("CX401", POST.replace("const createAll", "const runHealthCheck") % "{}", "medium"),
        ("CX401", POST.replace("const createAll", "const testifySend") % "{}", "high"),
        ("CX401", POST.replace("a.example.com/users", "api.clerk.com/v1/invitations") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/internal/alert") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com", "api.clerk.com/v1") % "{}", "medium"),
        ("CX401", STRIPE % "payment_intents/${process.env.ID}/confirm", "high"),
        ("CX401", POST_AT_HOME % "{ runId: 1 }", "medium"),
        ("CX401", POST_AT_HOME.replace("createAll", "sync") % "{ name: 1 }", "medium"),
        ("CX401", POST_AT_HOME.replace("const createAll", "const sendInvite") % "{ name: 1 }", "high"),
        ("CX401", POST_AT_HOME.replace("const createAll", "const sendInvite") % "{ runId: 1 }", "medium"),
        ("CX401", POST.replace("/users", "/process").replace("createAll", "sync") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/process-orders") % "{}", "high"),
        ("CX401", POST.replace("/users", "/consent") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "api.hubapi.com/v3/contacts") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "api.resend.com/audiences/contacts") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "api.resend.com/emails") % "{}", "high"),
        ("CX401", POST.replace("a.example.com/users", "a.example/admin/api/webhooks.json") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "a.example/admin/api/orders.json") % "{}", "high"),
        ("CX401", POST.replace("a.example.com/users", "a.example/bot1/sendChatAction") % "{}", "medium"),
        ("CX401", POST.replace("a.example.com/users", "secretmanager.example/1:add") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/status") % "{}", "medium"),
        ("CX401", POST.replace("/users", "/facebook/payload") % "{}", "medium"),
        ("CX603", PARSED % ("json", "await verifySignature(JSON.stringify(event));"), "high"),
        ("CX603", PARSED % ("json", "verifySignature({ payload: event });"), "high"),
        ("CX603", PARSED % ("json", "await ctx.runMutation(internal.a.b, {}); verifySignature();"), "high"),
        ("CX603", PARSED % ("json", "await ctx.runQuery(internal.a.b, {}); verifySignature();"), "medium"),
        ("CX603", PARSED % ("json", "verifySignature(event.signature);"), "medium"),
        ("CX603", PARSED % ("formData", "verifySignature(event);"), "medium"),
        ("CX603", PARSED % ("text", "const it = JSON.parse(event); await checkBoth(event, it);"), "medium"),
        ("CX603", PARSED % ("text", "const it = JSON.parse(event); await checkBoth('', it);"), "high"),
        ("CX110", CHAIN % ("", "runMutation(internal.a.add"), "high"),
        ("CX110", CHAIN % (MISSING, "runMutation(internal.a.add"), "medium"),
        ("CX110", CHAIN % (MISSING, "runQuery(internal.a.find"), "high"),
        ("CX110", CHAIN % ("// In a separate transaction.", "runMutation(internal.a.add"), "medium"),
        ("CX110", CHAIN % ("// Needs no separate transaction.", "runMutation(internal.a.add"), "high"),
        ("CX110", (CHAIN % ("", "runMutation(internal.a.add")).replace("add", "resetRateLimit"), "high"),
        ("CX110", CHAIN % ("// In separate rooms.", "runMutation(internal.a.add"), "high"),
        ("CX110", (CHAIN % ("", "runMutation(internal.a.add")).replace("add", "rateLimit"), "medium"),
        ("CX110", (CHAIN % ("", "runMutation(internal.a.add")).replace("add", "_rateLimitFirst"), "medium"),
        ("CX110", (CHAIN % (MISSING, "runQuery(internal.a.find")).replace("find", "rateLimit"), "high"),
        ("CX807", KEPT_KEY % "\\`\\`\\`json", "medium"),
        ("CX807", KEPT_KEY % "\\`json\\`", "high"),
        ("CX807", KEPT_KEY % "\\`\\`\\`json\n\\`\\`\\`", "high"),
        ("CX105", KEPT % "await ctx.db.get(id)", "high"),
        ("CX105", KEPT % "({ get: () => ctx.db.get(id) })", "medium"),
        ("CX302", f"export const now = query{CLOCK}", "high"),
        ("CX302", f"export const now = internalQuery{CLOCK}", "medium"),
        ("CX302", "const t = () => Date.now();\nexport const a = internalQuery({ args: {}, handler: t });\n"
        "export const b = query({ args: {}, handler: async () => t() });", "high"),
        ("CX302", OFFER % "now: Date.now()", "high"),
        ("CX302", STAMPED % "console.log(Date.now(), text);", "medium"),
        ("CX302", STAMPED % "return [Date.now(), text];", "high"),
        ("CX302", OFFER % "now: () => Date.now()", "medium"),
        ("CX308", OF_ONE % "topic._id", "medium"),
        ("CX308", OF_ONE % "args.title", "medium"),
        ("CX308", OF_ONE % '"old"', "high"),
        ("CX308", OF_ONE % "undefined", "high"),
        ("CX308", OF_ONE.replace('query("letters")', "query(args.title as any)") % "topic._id", "high"),
        ("CX308", (OF_ONE % "topic._id").replace("eq(", "lt("), "high"),
        ("CX309", RACE.replace("%s", "add"), "high"),
        ("CX309", ROOM % {"name": "used"}, "high"),
        ("CX309", ROOM % {"name": "usedRecently"}, "medium"),
        ("CX309", BY_HAND, "medium"),
        ("CX309", BY_HAND + NIGHTLY.replace("a.join", "a.ensure"), "high"),
        ("CX309", CACHED, "medium"),
        ("CX309", RACE.replace("%s", "add").replace("find", "cachetTopic"), "high"),
        ("CX309", CACHED.replace("first", "unique"), "high"),
        ("CX309", RACE.replace("%s", "recordAttempt"), "medium"),
        ("CX309", RACE.replace("%s", "createSyncLog"), "medium"),
        ("CX309", RACE.replace("%s", "createLogin"), "high"),
        ("CX309", HELPED_RACE.replace("%s", "topic.title.length > 1 ? [topic.title] : null"), "medium"),
        ("CX309", HELPED_RACE.replace("%s", "await ctx.runQuery(internal.a.find, { topic })"), "high"),
        ("CX601", HOOK % "/stripe", "high"),
        ("CX601", HOOK % "/track", "medium"),
        ("CX601", HOOK % "/api/client-error", "medium"),
        ("CX601", HOOK % "/api/client-errand", "high"),
        ("CX601", HOOK % "/csp", "medium"),
        ("CX601", HOOK % "/api/store/", "medium"),
        ("CX601", HOOK % "/api/donation-intent", "medium"),
        ("CX601", HOOK % "/auth/password-reset-request", "medium"),
        ("CX601", HOOK % "/auth/magic-link", "medium"),
        ("CX601", HOOK % "/auth/update-password", "high"),
        ("CX501", FILLED % ("ensureDefaults", "return", "topics"), "medium"),
        ("CX501", FILLED % ("seedTopicsIfEmpty", "return", "topics"), "medium"),
        ("CX501", FILLED % ("seedDefaultTopics", "return", "topics"), "medium"),
        ("CX501", FILLED % ("seedDefaultedTopics", "return", "topics"), "medium"),
        ("CX501", FILLED % ("seedTopics", "return", "topics"), "medium"),
        ("CX501", FILLED % ("seedTopics", "console.log()", "topics"), "high"),
        ("CX501", (FILLED % ("seedTopics", "return", "topics")).replace("args: {}", SAID), "high"),
        ("CX501", FILLED % ("seedTopics", "return", "admins"), "high"),
        ("CX501", FILLED % ("initializeTopics", "return", "topics"), "medium"),
        ("CX501", FILLED % ("initialTopics", "return", "topics"), "medium"),
        ("CX501", FILLED % ("initializeTopics", "console.log()", "topics"), "high"),
        ("CX501", (FILLED % ("initializeTopics", "return", "topics")).replace("args: {}", SAID), "high"),
        ("CX501", (FILLED % ("seedDefaultTopics", "return", "topics")).replace("args: {}", SAID), "medium"),
        ("CX501", FILLED % ("seedTopicsIfEmpty", "return", "admins"), "high"),
        ("CX501", FILLED % ("seedTopicsIfEmpty", "console.log()", "topics"), "high"),
        ("CX501", (CARD % ("topics", "topicId: v.id('topics')")).replace("add", "subscribe"), "medium"),
        ("CX501", (CARD % ("topics", "")).replace("email", "plan").replace("add", "subscribe"), "high"),
        ("CX501", ADD % "createPublicLead", "medium"),
        ("CX501", ADD % "ingestBuyerWebForm", "medium"),
        ("CX501", ADD % "submitExternal", "medium"),
        ("CX501", ADD % "submitExternals", "high"),
        ("CX501", ADD.replace("topics", "analytics") % "skip", "medium"),
        ("CX501", ADD.replace("topics", "analyticsKeys") % "skip", "high"),
        ("CX501", LINKED % "Invalid link", "medium"),
        ("CX501", LINKED % "Invalid linkage", "high"),
        ("CX501", ADD % "ingestBuyerWebFormat", "high"),
        ("CX501", "// For the webhook (no user auth, it is called by a server).\n" + ADD % "add", "medium"),
        ("CX501", "// Auth-free, for the pages of the shop.\n" + ADD % "add", "medium"),
        ("CX501", "// Frees the auth session.\n" + ADD % "add", "high"),
        ("CX501", "/** Join the waitlist. */\n" + MAILED % "join", "medium"),
        ("CX501", "/** Join the meeting. */\n" + MAILED % "join", "high"),
        ("CX501", VOICED % ("reviews", "pending"), "medium"),
        ("CX501", VOICED % ("reviews", "approved"), "high"),
        ("CX501", VOICED % ("orders", "pending"), "high"),
        ("CX501", SHOWN % "map(shown)", "medium"),
        ("CX501", SHOWN % "map((each) => shown(each))", "medium"),
        ("CX501", SHOWN % "map((each) => named(each))", "medium"),
        ("CX501", SHOWN % "map(marked)", "high"),
        ("CX501", SHOWN % "map((each) => ({ ...each, email: undefined }))", "medium"),
        ("CX501", SHOWN % "map((each) => ({ email: undefined, ...each }))", "high"),
        ("CX501", SHOWN % "map((each) => ({ ...each, title: '' }))", "high"),
        ("CX501", PAID % "salaryMin", "medium"),
        ("CX501", PAID % "maxSalary", "medium"),
        ("CX501", PAID % "salary", "high"),
        ("CX501", PAID % "energyPerTokenWh", "medium"),
        ("CX501", PAID % "personToken", "high"),
        ("CX501", PAID % "tokenizer", "medium"),
        ("CX501", ASKED % "getPublicThreads", "medium"),
        ("CX501", ASKED % "getPublicityThreads", "high"),
        ("CX501", ASKED % "makePublicThreads", "high"),
        ("CX501", SENT_IN % "notificationEmail", "medium"),
        ("CX501", SENT_IN % "notificationEmails", "high"),
        ("CX501", PAID % "salaryMinutes", "high"),
        ("CX501", ADD % "makePublicLead", "high"),
        ("CX501", ADD % "createPaymentIntent", "high"),
        ("CX501", MAILED % "createPaymentIntent", "medium"),
        ("CX501", MAILED % "createPaymentIntention", "high"),
        ("CX501", MAILED.replace("email", "fromEmail") % "sendContactFormEmail", "medium"),
        ("CX501", MAILED.replace("email", "fromage") % "sendContactFormEmail", "high"),
        ("CX501", READ % '"topics"', "medium"),
        ("CX501", READ % '"letters"', "high"),
        ("CX501", DESK % "", "high"),
        ("CX501", DESK % "remember(ctx);", "low"),
        ("CX501", LOOPED % "found.push(each.email)", "high"),
        ("CX501", LOOPED % "found.push(each.text.length)", "medium"),
        ("CX501", READ % '"members"', "medium"),
        ("CX501", READ % '"unheardOf"', "medium"),
        ("CX501", READ % '"userNotes"', "medium"),
        ("CX501", READ % '"orders"', "high"),
        ("CX501", READ % '"chatMessages"', "medium"),
        ("CX501", TALK % "world", "medium"),
        ("CX501", TALK % "conversationId", "high"),
        ("CX501", FORM % "topic", "high"),
        ("CX501", FORM % "honeypot", "medium"),
        ("CX501", LETTERS % "return found;", "high"),
        ("CX501", LETTERS % "return found.length;", "medium"),
        ("CX501", LETTERS % "return { total: found.filter((one) => one.text !== '').length };", "medium"),
        ("CX501", LETTERS % "return found.map((one) => one.text);", "medium"),
        ("CX501", LETTERS % "return found.map(({ email }) => email);", "high"),
        ("CX501", LETTERS % "return found.map((one) => ({ text: one.text, to: one.email }));", "high"),
        ("CX501", LETTERS % "return found.map((one) => ({ ...one, read: true }));", "high"),
        ("CX501", LETTERS % "return await Promise.all(found.map(async (one) => ({ one })));", "high"),
        ("CX501", LETTERS % "const all = []; for (const one of found) all.push(one); return all;", "high"),
        ("CX501", LETTERS % "let n = 0; for (const one of found) n += one.text.length; return n;", "medium"),
        ("CX501", LETTERS % "const m = new Map(found.map((o) => [1, o])); return m.get(1)?.text;", "medium"),
        ("CX501", LETTERS % "const m = new Map(found.map((o) => [1, o])); return m.get(1)?.email;", "high"),
        ("CX501", LETTERS % "const m = new Map(found.map((o) => [1, o])); return m.get(1);", "high"),
        ("CX501", LETTERS % "return found.map((one: any) => ({ apiKey: one.apiKey }));", "high"),
        ("CX501", LETTERS % "return found.map((one: any) => ({ name: one.apiKeyName }));", "medium"),
        ("CX501", LIMITED % 'await ctx.db.insert("topics", {});', "medium"),
        ("CX501", LIMITED % "await ctx.db.delete(ok);", "high"),
        ("CX501", FETCHED % "", "medium"),
        ("CX501", GUARDED % "https://challenges.cloudflare.com/turnstile/v0/siteverify", "medium"),
        ("CX501", GUARDED % "https://challenges.example.com/verify", "high"),
        ("CX501", FETCHED % ", { headers: { key: process.env.WEATHER_KEY! } }", "high"),
        ("CX501", BRANCH % "topic", "high"),
        ("CX501", BRANCH % 'topic === "closed"', "medium"),
        ("CX501", RATIONED.replace("NAME", "rateLimit") % "rateLimit", "medium"),
        ("CX501", RATIONED.replace("NAME", "writeDown") % "writeDown", "high"),
        ("CX501", (ADD % "resendActivationByEmail"), "medium"),
        ("CX501", (ADD % "resendLetterByEmail"), "high"),
        ("CX501", CAPABLE % "serves as a capability", "medium"),
        ("CX501", CAPABLE % "is a number", "high"),
        ("CX501", CAPABLE % "needs the OWNER capability", "high"),
        ("CX501", CAPABLE % "made the provider answer with a capability error", "high"),
        ("CX501", (CAPABLE % "is a number") + "// As `leadId` is unguessable, it may be sent.\n", "high"),
        ("CX501", (CAPABLE % "is a capability").replace("`leadId`", "What they hold"), "high"),
        ("CX501", "// For the demo switcher.\n" + READ % '"letters"', "medium"),
        ("CX501", "// Demonstrably slow.\n" + READ % '"letters"', "high"),
        ("CX501", "// AUTH EXEMPT: nobody is signed in yet.\n" + BRANCH % "topic", "medium"),
        ("CX501", "// Exempt from billing.\n" + BRANCH % "topic", "high"),
        ("CX501", "// Pre-auth: nobody is signed in yet.\n" + ADD % "add", "medium"),
        ("CX501", (READ % '"letters"').replace("all", "listForSitemap"), "medium"),
        ("CX501", "// Public query for the front page.\n" + READ % '"letters"', "medium"),
        ("CX501", READ % '"payments"', "high"),
        ("CX501", READ % '"homeAddresses"', "high"),
        ("CX501", READ % '"voiceMemories"', "high"),
        ("CX501", (READ % '"members"').replace("take(9)", "first()"), "medium"),
        ("CX501", "export const add = mutation({ args: {}, handler: async (ctx) => {\n"
        '  await ctx.db.insert("topics", { title: "", rank: 1 });\n} });', "high"),
        ("CX501", (READ % '"unheardOf"').replace("take(9)", "first()"), "medium"),
        ("CX501", (READ % "String(ctx)"), "medium"),
        ("CX501", (READ % '"letters"').replace("({", "({ returns: v.array(v.string()),"), "medium"),
        ("CX501", (READ % '"letters"').replace("({", "({ returns: v.array(v.any()),"), "high"),
        ("CX501", ADD % "add", "high"),
        ("CX501", ADD % "trackVisit", "medium"),
        ("CX501", (ADD % "trackVisit").replace("insert(", "delete("), "high"),
        ("CX501", (ADD % "add").replace("topics", "waitlist"), "medium"),
        ("CX501", ADD_BESIDE % ("waitlist", "waitlist"), "medium"),
        ("CX501", ADD_BESIDE % ("waitlist", "topics"), "high"),
        ("CX501", (ADD % "add").replace("topics", "earlyAccessRequests"), "medium"),
        ("CX501", (ADD % "add").replace("topics", "earlyBirds"), "high"),
        ("CX501", ADD_BESIDE % ("rateLimits", "waitlist"), "high"),
        ("CX501", ADD_BESIDE % ("waitlist", "rateLimits"), "medium"),
        ("CX501", ADD % "unsubscribe", "medium"),
        ("CX501", ADD % "requestPasswordReset", "medium"),
        ("CX501", ADD % "sendLoginOtp", "medium"),
        ("CX501", ADD % "resendVerificationEmail", "medium"),
        ("CX501", ADD % "generateOtp", "high"),
        ("CX501", (ADD % "add").replace("args: {}", "args: { visitorId: v.string() }"), "medium"),
        ("CX501", (ADD % "add").replace("args: {}", 'args: { visitorId: v.id("members") }'), "high"),
        ("CX501", (READ % '"letters"').replace("args: {}", "args: { visitorId: v.string() }"), "medium"),
        ("CX501", GUEST % "email", "medium"),
        ("CX501", GUEST % "rank", "high"),
        ("CX501", ADD % "setPassword", "high"),
        ("CX501", (ADD % "add").replace("topics", "drafts"), "medium"),
        ("CX501", (ADD % "add").replace("topics", "cartoons"), "high"),
        ("CX501", (ADD % "clear").replace("topics", "drafts").replace("insert(", "delete("), "high"),
        ("CX501", ADD % "createCheckoutSession", "medium"),
        ("CX501", ADD % "joinGame", "medium"),
        ("CX501", ADD % "finishSignup", "medium"),
        ("CX501", ADD % "createLoginRequest", "medium"),
        ("CX501", "export const startCheckout = action({ args: {}, handler: async () => {\n"
        '  await fetch("https://pay.example.com");\n} });', "medium"),
        ("CX501", (READ % '"orders"').replace("all", "listCheckouts"), "high"),
        ("CX501", CARD % ("topics", "message: v.string()"), "medium"),
        ("CX501", CARD % ("topics", "rank: v.number()"), "high"),
        ("CX501", MAILED % "sendFeedback", "medium"),
        ("CX501", MAILED % "sendPrize", "high"),
        ("CX501", (CARD % ("topics", "rank: v.number()")).replace("email", "guestEmail"), "medium"),
        ("CX501", (CARD % ("topics", "rank: v.number()")).replace("add", "submit"), "medium"),
        ("CX501", CARD.replace("add", "submit").replace("email", "contactEmail") % ("topics", ""), "medium"),
        ("CX501", CARD.replace("add", "submit").replace("email", "emails") % ("topics", ""), "high"),
        ("CX501", (CARD % ("users", "rank: v.number()")).replace("email", "guestEmail"), "high"),
        ("CX501", CARD % ("users", "message: v.string()"), "high"),
        ("CX501", "// Public: the form on the front page.\n" + ADD % "add", "medium"),
        ("CX501", "/**\n * Adds one.\n * No auth required.\n */\n" + ADD % "add", "medium"),
        ("CX501", "// For visitors (no agent auth required)\n" + ADD % "add", "medium"),
        ("CX501", "// No agent has auth.\n" + ADD % "add", "high"),
        ("CX501", "// No auth required for now.\n" + ADD % "add", "high"),
        ("CX501", "// Public mutation for the form.\n" + ADD % "add", "high"),
        ("CX501", "// This is a public mutation, but it needs a real id.\n" + ADD % "add", "medium"),
        ("CX501", "// A public mutation (not internal), as clients call it for now.\n" + ADD % "add", "high"),
        ("CX501", EDIT.replace("%s", "canPublicEdit"), "medium"),
        ("CX501", EDIT.replace("%s", "canPublish"), "high"),
        ("CX501", ADD % "requestCode", "medium"),
        ("CX501", ADD % "requestCodeReview", "high"),
        ("CX501", "// Public: the form.\n\n" + ADD % "add", "high"),
        ("CX501", PUBLISHED % 'withIndex("by_state", (q) => q.eq("state", "published"))', "medium"),
        ("CX501", PUBLISHED % 'withIndex("by_state", (q) => q.eq("isPublic", true))', "medium"),
        ("CX501", PUBLISHED % 'filter((q) => q.eq(q.field("visibility"), "all"))', "medium"),
        ("CX501", PUBLISHED % 'withIndex("by_state", (q) => q.eq("state", "new"))', "high"),
        ("CX502", DOOR % ("merchantLogin", "password"), "medium"),
        ("CX502", DOOR % ("merchantLogin", "title"), "high"),
        ("CX502", DOOR % ("renameMerchant", "password"), "high"),
        ("CX502", OWN % ("listByAuthor", "authorId"), "medium"),
        ("CX502", OWN % ("listByUser", "userId"), "medium"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("topics", "letters"), "high"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("topics", "orders"), "high"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("topics", "notifications"), "high"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("query({", "mutation({"), "high"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("topics", "orderKinds"), "medium"),
        ("CX502", (OWN % ("listByUser", "userId")).replace("topics", "shops"), "high"),
        ("CX502", RENAME % "", "high"),
        ("CX502", RENAME % "if (!(await ctx.auth.getUserIdentity())) return;", "medium"),
        ("CX501", READ % '"shops"', "medium"),
        ("CX502", OWN % ("mine", "authorId"), "high"),
        ("CX502", MAILED_BY % ("handleGuestCheckout", "email", "email"), "medium"),
        ("CX502", MAILED_BY % ("handleCheckout", "email", "email"), "high"),
        ("CX502", MAILED_BY % ("handleGuestCheckout", "userId", "userId"), "high"),
        ("CX502", "// Public: what somebody has liked.\n" + OWN % ("mine", "userId"), "medium"),
    ],
)  # fmt: skip
def test_confidence(code: str, text: str, confidence: str, tmp_path: Path) -> None:
    text = text if "import" in text else SERVER + text
    name = "crons" if "cronJobs" in text else "a"
    files = {"convex/schema.ts": SCHEMA, f"convex/{name}.ts": f"{text}\n"}
    found = projects.findings(projects.lay(tmp_path, files), code)
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize(
    ("name", "code", "text", "confidence"),
    [
        ("seedTopics", "CX303", FROZEN, "medium"),
        ("seedlings", "CX303", FROZEN, "high"),
        ("widget/public", "CX501", ADD % "add", "medium"),
        ("catalog", "CX501", KEYED, "medium"),
        ("catalogs", "CX501", KEYED, "high"),
        ("catalog", "CX501", KEYED.replace("{ headers", "{ method: 'POST', headers"), "high"),
        ("publicity", "CX501", ADD % "add", "high"),
        ("orders/public", "CX501", ADD % "add" + ASKING, "high"),
    ],
)
def test_where_it_stands(name: str, code: str, text: str, confidence: str, tmp_path: Path) -> None:
    server = SERVER.replace("./", "../" * name.count("/") or "./")
    files = {"convex/schema.ts": SCHEMA, f"convex/{name}.ts": f"{server}{text}\n"}
    found = projects.findings(projects.lay(tmp_path, files), code)
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize(
    ("schema", "confidence"),
    [
        ("topics: defineTable({ title: v.string() }),", "medium"),
        ("topics: defineTable({ title: v.string() }), users: defineTable({ name: v.string() }),", "high"),
        ("topics: defineTable({ title: v.string(), email: v.string() }),", "high"),
    ],
)
def test_where_nobody_has_a_name(schema: str, confidence: str, tmp_path: Path) -> None:
    start, end = SCHEMA.index("  topics"), SCHEMA.index("});")
    files = {
        "convex/schema.ts": SCHEMA[:start] + schema + SCHEMA[end:],
        "convex/a.ts": SERVER + ADD % "add",
    }
    found = projects.findings(projects.lay(tmp_path, files), "CX501")
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [
        ('v.union(v.literal("a"), v.literal("b"))', "medium"),
        ('v.union(v.literal("a"), v.literal("b"), v.literal("c"))', "high"),
        ("v.optional(v.boolean())", "medium"),
        ("v.optional(v.union(v.null(), v.boolean()))", "medium"),
        ("v.optional(v.number())", "high"),
    ],
)
def test_what_tells_documents_apart(kind: str, confidence: str, tmp_path: Path) -> None:
    files = {
        "convex/schema.ts": SCHEMA.replace("rank: v.number()", f"rank: {kind}"),
        "convex/a.ts": SERVER + FIND % ("one", "rank"),
    }
    found = projects.findings(projects.lay(tmp_path, files), "CX207")
    assert [confidence] == [str(finding.confidence) for finding in found]


def test_a_loop_that_skips_by_a_flag(tmp_path: Path) -> None:
    files = {
        "convex/schema.ts": SCHEMA.replace("rank: v.number()", "pinned: v.boolean()"),
        "convex/a.ts": PICK % "if (!each.pinned) continue;",
    }
    found = projects.findings(projects.lay(tmp_path, files), "CX203")
    assert [str(finding.confidence) for finding in found] == ["medium"]


@pytest.mark.parametrize(
    ("client", "confidence"),
    [
        ("await fetchQuery(api.a.page, { word, cursor });", "medium"),
        ("await client.query(api.a.page, { word, cursor });", "medium"),
        ("useQuery(api.a.page, { word, cursor });", "high"),
        ("ask(api.a.page);", "high"),
    ],
)
def test_pages_that_are_asked_for_once(client: str, confidence: str, tmp_path: Path) -> None:
    files = {
        "convex/schema.ts": SCHEMA,
        "convex/a.ts": TURNED % ("word", ""),
        "src/app.ts": f'import {{ api }} from "../convex/_generated/api";\n{client}\n',
    }
    found = projects.findings(projects.lay(tmp_path, files), "CX209")
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize(
    ("page", "deed", "confidence"),
    [
        ("src/sign-up/form.ts", "insert", "medium"),
        ("src/(signup)/page.ts", "insert", "medium"),
        ("src/sign-up/form.ts", "delete", "high"),
        ("src/sign-upper/form.ts", "insert", "high"),
    ],
)
def test_what_is_called_at_the_entrance(page: str, deed: str, confidence: str, tmp_path: Path) -> None:
    files = {
        "convex/schema.ts": SCHEMA,
        "convex/a.ts": SERVER + (ADD % "add").replace("insert(", f"{deed}("),
        page: 'import { api } from "../../convex/_generated/api";\nuseMutation(api.a.add);\n',
    }
    found = projects.findings(projects.lay(tmp_path, files), "CX501")
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize(
    ("folder", "confidence"),
    [("example/", "medium"), ("packages/rates/demo/", "medium"), ("example-shop/", "high"), ("", "high")],
)
def test_what_is_there_to_be_shown(folder: str, confidence: str, tmp_path: Path) -> None:
    files = {f"{folder}convex/schema.ts": SCHEMA, f"{folder}convex/a.ts": SERVER + ADD % "add"}
    found = projects.findings(projects.lay(tmp_path, files), "CX501")
    assert [confidence] == [str(finding.confidence) for finding in found]


@pytest.mark.parametrize("code", ["CX501", "CX502"])
def test_bad_examples_are_shown_by_default(code: str, tmp_path: Path) -> None:
    for number, example in enumerate(doc.parse(registry.load().by_code[code].doc).bad):
        found = projects.findings(projects.lay(tmp_path / str(number), example.files), code)
        assert {str(finding.confidence) for finding in found} == {"high"}
