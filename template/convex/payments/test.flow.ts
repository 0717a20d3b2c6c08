/// <reference types="vite/client" />
/**
 * The flow of a payment from the click to the message, among failures: somebody pays, time passes,
 * crons run, the provider sends its events; and when all has come to rest, the books are compared.
 */
import { convexTest } from "convex-test";
import { makeFunctionReference } from "convex/server";
import { vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import crons from "../crons";
import { MESSAGES_URL, MessageService, useMessageService } from "../notifications/test.service";
import schema from "../schema";
import { modules, withComponents, type Backend, type Visitor } from "../test.setup";
import { faultyFetch, faultyModules, type Faults } from "./test.faults";
import { Provider, PROVIDER_URL, useProvider, type ProviderEvent } from "./test.provider";

/** When every story begins. */
export const START = Date.UTC(2030, 0, 1);

/** In milliseconds: how often all crons run. In the deployment, none of these runs less often. */
const TICK_MS = 5 * 60 * 1000;

/** In milliseconds: whatever is not at rest by then is stuck. By day two, a person has been told. */
const PATIENCE_MS = 30 * 60 * 60 * 1000;

/** In milliseconds, between two attempts of a client. */
const CLIENT_WAIT_MS = 10_000;

/** In milliseconds, until an event arrives: after the first attempts, or it would hide what they do. */
const EVENT_DELAY_MS = 30_000;

/** Deliveries of one event until the provider gives up. */
const MAX_DELIVERIES = 20;

/** Parts of the design that a test takes away, to see that they are needed. */
export type Without = "provider key" | "message key" | "claim" | "retry" | "cron";

export interface Story {
  faults: Faults;
  without?: Without;
  method?: string;
  /** Two clients send the request at the same moment. */
  twice?: boolean;
  /** Told of each charge that succeeded, before anybody else hears of it. */
  onCharged?: (provider: Provider) => void;
  /** When to stop, in milliseconds after the click, though not all has come to rest. */
  stopAfterMs?: number;
}

/** What takes part in the flow, and can fail in it. */
const FOLDERS = /^(payments|notifications|reliability)\/(public|internal)\b/;

const isOurs = ({ name }: { name: string }) => FOLDERS.test(name);

export class Flow {
  readonly provider = new Provider();
  readonly messages = new MessageService();
  readonly t: Backend;
  private nextTick = START + TICK_MS;
  private readonly deliveries = new Map<string, number>();
  private heldBack: ProviderEvent[] = [];

  constructor(private readonly story: Story) {
    vi.setSystemTime(START);
    vi.stubEnv("LOGGED_CALLS", "errors");
    for (const level of ["log", "warn", "error"] as const) {
      vi.spyOn(console, level).mockImplementation(() => undefined);
    }
    useProvider();
    useMessageService();
    const { faults } = story;
    const faulty = faultyModules(modules, FOLDERS, faults);
    this.t = withComponents(convexTest({ schema, modules: faulty, transactionLimits: true }));
    vi.stubGlobal("fetch", this.network());
  }

  /** Somebody pays, and all that follows from it comes to rest. */
  async run(): Promise<void> {
    const ann = this.t.withIdentity({ subject: "ann", name: "Ann", email: "ann@example.com" });
    await ann.mutation(api.users.public.store, {});
    await Promise.all(Array.from({ length: this.story.twice ? 2 : 1 }, () => this.pay(ann)));
    await this.rest();
  }

  /** A client that repeats its request until it has an answer, as long as a person would. */
  async pay(visitor: Visitor, requestId = "request-1"): Promise<Id<"payments"> | null> {
    const { faults, method = "pm_card" } = this.story;
    const request = { requestId, product: "pro", currency: "EUR" as const, method };
    for (let attempt = 0; attempt < 20; attempt += 1) {
      if (attempt > 0) await this.wait(CLIENT_WAIT_MS);
      const fault = faults.at("client", ["request lost", "answer lost"]);
      if (fault === "request lost") continue;
      if (this.story.without === "claim") await this.forgetKeys();
      try {
        const paymentId = await visitor.mutation(api.payments.public.start, request);
        await this.cripple();
        if (fault !== "answer lost") return paymentId;
      } catch {
        // The client cannot know what has happened; the same request will tell.
      }
    }
    return null;
  }

  private async wait(ms: number): Promise<void> {
    vi.advanceTimersByTime(ms);
    await this.t.finishInProgressScheduledFunctions();
  }

  /** Lets time pass until nothing is left to happen. */
  async rest(): Promise<void> {
    const end = START + (this.story.stopAfterMs ?? PATIENCE_MS);
    while (Date.now() < end) {
      if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
      else if (await this.isAtRest()) return;
      else vi.setSystemTime(this.nextTick);
      await this.t.finishInProgressScheduledFunctions();
      await this.deliverEvents(Date.now() - EVENT_DELAY_MS);
      if (Date.now() >= this.nextTick) await this.tick();
    }
  }

  /** All crons, whatever their schedule. One that fails runs again at the next tick. */
  private async tick(): Promise<void> {
    this.nextTick = Date.now() + TICK_MS;
    this.provider.finishPending();
    this.provider.outbox.push(...this.heldBack.splice(0));
    if (this.story.without === "cron") return;
    for (const { name } of Object.values(crons.crons).filter(isOurs)) {
      const cron = makeFunctionReference<"mutation">(name);
      await this.t.mutation(cron, {}).catch(() => undefined);
    }
  }

  private async isAtRest(): Promise<boolean> {
    if (this.provider.outbox.length + this.heldBack.length > 0) return false;
    return (await this.findings()).filter((finding) => finding.startsWith("stuck")).length === 0;
  }

  private network() {
    const { faults, onCharged } = this.story;
    const provider = faultyFetch(faults, "GET provider", (url, init) =>
      this.provider.answer(url, init),
    );
    const charge = faultyFetch(faults, "POST provider", async (url, init) => {
      const before = this.provider.charges.length;
      const strange = faults.at("provider", ["remembers a 500", "event before answer"]);
      const answer =
        strange === "remembers a 500"
          ? this.provider.failAfterCharging(init)
          : this.provider.answer(url, init);
      if (this.provider.charges.length > before) onCharged?.(this.provider);
      if (strange === "event before answer") await this.deliverEvents(Infinity);
      return answer;
    });
    const messages = faultyFetch(faults, "POST messages", (_, init) => this.messages.answer(init));

    return async (url: URL, init: RequestInit): Promise<Response> => {
      if (url.href.startsWith(MESSAGES_URL)) return await messages(url, this.sent("message", init));
      if (!url.href.startsWith(PROVIDER_URL)) throw new Error(`Who is ${url.href}?`);
      return await (init.method === "POST" ? charge : provider)(url, this.sent("provider", init));
    };
  }

  /** What arrives of a request: without its key, if that is what is taken away. */
  private sent(to: "provider" | "message", init: RequestInit): RequestInit {
    const headers = new Headers(init.headers);
    if (this.story.without === `${to} key`) headers.delete("Idempotency-Key");
    return { ...init, headers };
  }

  /** Those that were created by then. */
  private async deliverEvents(until: number): Promise<void> {
    const { faults } = this.story;
    const events = this.provider.outbox.splice(0);
    this.provider.outbox.push(...events.filter(({ createdAt }) => createdAt > until));
    for (const event of events.filter(({ createdAt }) => createdAt <= until)) {
      const fault = faults.at("webhook", ["lost", "twice", "late", "forged", "stale"]);
      if (fault === "lost") continue;
      if (fault === "late") this.heldBack.push(event);
      else await this.deliver(event, fault);
      if (fault === "twice") await this.deliver(event, null);
    }
  }

  private async deliver(event: ProviderEvent, fault: string | null): Promise<void> {
    const taken = await this.provider.deliver(event, async (body, headers) => {
      const signature = headers["stripe-signature"] ?? "";
      const forged = { "stripe-signature": signature.replace(/v1=..../, "v1=0000") };
      const stale = { "stripe-signature": signature.replace(/t=\d+/, "t=1500000000") };
      const sent = fault === "forged" ? forged : fault === "stale" ? stale : headers;
      const init = { method: "POST", headers: sent, body };
      return await this.t.fetch("/webhooks/payments", init).then(
        (response) => response.status,
        () => 500, // What Convex answers when a function throws.
      );
    });
    const deliveries = (this.deliveries.get(event.id) ?? 0) + 1;
    this.deliveries.set(event.id, deliveries);
    if (!taken && deliveries < MAX_DELIVERIES) this.heldBack.push(event);
  }

  private async forgetKeys(): Promise<void> {
    await this.t.run(async (ctx) => {
      const keys = await ctx.db.query("idempotencyKeys").take(100);
      await Promise.all(keys.map((key) => ctx.db.delete("idempotencyKeys", key._id)));
    });
  }

  private async cripple(): Promise<void> {
    if (this.story.without !== "retry") return;
    await this.t.run(async (ctx) => {
      const runs = await ctx.db.query("retryRuns").take(100);
      for (const { _id, policy } of runs) {
        await ctx.db.patch("retryRuns", _id, { policy: { ...policy, maxFailures: 1 } });
      }
    });
  }

  /** Everything there is, on our side. */
  async database() {
    return await this.t.run(async (ctx) => ({
      payments: await ctx.db.query("payments").take(100),
      entitlements: await ctx.db.query("entitlements").take(100),
      notifications: await ctx.db.query("notifications").take(100),
      runs: await ctx.db.query("retryRuns").take(100),
      keys: await ctx.db.query("idempotencyKeys").take(100),
    }));
  }

  /** How the payment ended, for the table. */
  async end(): Promise<string> {
    const { payments, notifications } = await this.database();
    const told = notifications.map(({ delivery }) => `message ${delivery.kind}`);
    return [...payments.map(({ state }) => state.kind), ...told].join(", ") || "nothing began";
  }

  /** What is wrong. Nothing, if every promise was kept. */
  async findings(): Promise<string[]> {
    const { payments, entitlements, notifications, runs, keys } = await this.database();
    const { provider, messages } = this;
    const findings: string[] = [];
    const expect = (holds: boolean, finding: string) => void (holds || findings.push(finding));

    expect(payments.length <= 1, `${payments.length} payments for one click`);
    expect(provider.succeeded().length <= 1, `${provider.succeeded().length} charges`);
    expect(entitlements.length <= 1, `${entitlements.length} provisions`);
    expect(notifications.length <= 1, `${notifications.length} notifications`);
    expect(messages.sent.length <= 1, `${messages.sent.length} messages`);

    for (const { state } of payments) {
      const { kind } = state;
      const provisioned = kind === "provisioned";
      const told = notifications.some(({ delivery }) => delivery.kind === "sent");
      if (kind === "paid" || provisioned) {
        expect(provider.succeeded().length >= 1, `${kind} without a charge`);
      }
      if (provisioned) expect(entitlements.length >= 1, "provisioned without an entitlement");
      if (provisioned) expect(notifications.length >= 1, "provisioned without a notification");
      if (told) expect(messages.sent.length >= 1, "sent without a message");
      expect(kind !== "charging" && kind !== "paid", `stuck: a payment is ${kind}`);
    }
    for (const { delivery } of notifications) {
      expect(delivery.kind !== "queued", "stuck: a message is queued");
    }
    for (const { state, action } of runs) {
      expect(state.kind === "completed", `stuck: ${action} is ${state.kind}`);
    }
    for (const { state } of keys) expect(state.kind !== "inProgress", "stuck: a key");

    const inReview = payments.some(({ state }) => state.kind === "review");
    const ours = payments
      .filter(({ state }) => "chargeId" in state)
      .reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
    const theirs = provider.balance();
    expect(inReview || ours === theirs, `books: ${ours} here, ${theirs} at the provider`);
    return findings;
  }
}
