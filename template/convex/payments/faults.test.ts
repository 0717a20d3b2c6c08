/**
 * The proof that a payment can be interrupted anywhere: if an outside call fails now, the flow goes
 * on without doing anything twice. test.faults.ts says what fails, test.flow.ts what is promised.
 *
 *     npx vitest run convex/payments/faults.test.ts --reporter=verbose
 *
 * prints every point and what became of the payment.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { admin } from "../test.setup";
import { Both, diceOf, Random, Recording, Scripted, type Point } from "./test.faults";
import { Flow, START, type Story, type Without } from "./test.flow";
import { DECLINED_METHOD, SLOW_METHOD, type Provider } from "./test.provider";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** In milliseconds. Hundreds of payments; on an idle machine they take a few seconds. */
const TIMEOUT_MS = 120_000;

const ALWAYS = Infinity;
const DONE = "provisioned, message sent";

async function told(story: Story): Promise<Flow> {
  const flow = new Flow(story);
  await flow.run();
  return flow;
}

async function outcomeOf(flow: Flow) {
  return { end: await flow.end(), findings: await flow.findings() };
}

interface Row extends Point {
  end: string;
  findings: string[];
}

/** Shown by the verbose reporter, and when a test fails. */
function shown(rows: Row[]): string {
  const lines = rows.map(({ place, kind, end, findings }) => {
    const outcome = [end, ...findings].join("; ");
    return `${place.padEnd(36)} ${kind.padEnd(19)} ${outcome}`;
  });
  return ["", ...lines, `${rows.length} payments`].join("\n");
}

/** What a flow passes on which nothing else fails than what is scripted. */
async function pointsOf(script: () => Scripted): Promise<Point[]> {
  const recording = new Recording();
  const flow = await told({ faults: new Both(script(), recording) });
  expect(await outcomeOf(flow)).toEqual({ end: DONE, findings: [] });
  return recording.points;
}

/** One flow for each point, with a fault there and nowhere else but in the script. */
async function tableOf(points: Point[], script: () => Scripted, without?: Without): Promise<Row[]> {
  const rows: Row[] = [];
  for (const point of points) {
    const fault = new Scripted([point]);
    const flow = await told({ faults: new Both(script(), fault), without });
    expect(fault.struck).toBe(1);
    rows.push({ ...point, ...(await outcomeOf(flow)) });
  }
  return rows;
}

const nothing = () => new Scripted([]);

/** The provider's events, which put right what answers left open, never arrive. */
const deaf = () => new Scripted([{ place: "webhook", kind: "lost", times: ALWAYS }]);

/** The provider has the money, says for ever that it failed, and its events never arrive. */
const silence = () =>
  new Scripted([
    { place: "provider", kind: "remembers a 500" },
    { place: "webhook", kind: "lost", times: ALWAYS },
  ]);

describe("one charge, one provision, one message, and books that agree", () => {
  const any = () => true;
  // The others are the same as without the earlier failure.
  const ofRepair = ({ place }: Point) => /GET|payments.internal|sweep|expire/.test(place);

  test.for<[string, () => Scripted, (point: Point) => boolean]>([
    ["when something fails, wherever it is", nothing, any],
    ["when something fails while an earlier failure is repaired", silence, ofRepair],
  ])("%s", { timeout: TIMEOUT_MS }, async ([, script, isTried], { annotate }) => {
    const points = (await pointsOf(script)).filter(isTried);
    const rows = await tableOf(points, script);
    await annotate(shown(rows));
    for (const row of rows) expect(row).toEqual({ ...row, end: DONE, findings: [] });
  });

  test.each<[string, Omit<Story, "faults">, ConstructorParameters<typeof Scripted>[0], string]>([
    ["two clients with one key at once", { twice: true }, [], DONE],
    [
      "no answer and no event, and nobody to ask for hours",
      {},
      [
        { place: "POST provider", kind: "timed out after", times: ALWAYS },
        { place: "GET provider", kind: "unreachable", times: 12 },
        { place: "webhook", kind: "lost", times: ALWAYS },
      ],
      DONE,
    ],
    ["a bank that takes its time", { method: SLOW_METHOD }, [], DONE],
    [
      "a bank that takes its time, and an event that is lost",
      { method: SLOW_METHOD },
      [{ place: "webhook", kind: "lost", times: ALWAYS }],
      DONE,
    ],
    ["a bank that says no", { method: DECLINED_METHOD }, [], "declined"],
    [
      "a bank that says no, and an answer that is lost",
      { method: DECLINED_METHOD },
      [{ place: "POST provider", kind: "answer lost", times: ALWAYS }],
      "declined",
    ],
    [
      "a provider that is gone",
      {},
      [{ place: "POST provider", kind: "unreachable", times: ALWAYS }],
      "failed",
    ],
    [
      "a charge that is refunded before anybody here has heard of it",
      { onCharged: (provider) => refund(provider, 1) },
      [
        { place: "POST provider", kind: "answer lost", times: 8 },
        { place: "webhook", kind: "late" },
      ],
      "refunded",
    ],
    [
      "half of it refunded, the events in the wrong order",
      { onCharged: (provider) => refund(provider, 0.5) },
      [
        { place: "provider", kind: "event before answer" },
        { place: "webhook", kind: "late" },
      ],
      DONE,
    ],
    [
      "a message service that is gone",
      {},
      [{ place: "POST messages", kind: "unreachable", times: ALWAYS }],
      "provisioned, message undelivered",
    ],
  ])("%s", async (_, story, script, end) => {
    const flow = await told({ ...story, faults: new Scripted(script) });
    expect(await outcomeOf(flow)).toEqual({ end, findings: [] });
  });

  test(
    "a payment of which nothing can be learned is put before a person, who can go on",
    { timeout: TIMEOUT_MS },
    async () => {
      const healing = new Scripted([
        { place: "POST provider", kind: "timed out after", times: ALWAYS },
        { place: "GET provider", kind: "unreachable", times: ALWAYS },
        { place: "webhook", kind: "lost", times: ALWAYS },
      ]);
      const flow = await told({ faults: healing });
      expect(await outcomeOf(flow)).toEqual({ end: "review", findings: [] });

      healing.heal();
      const boss = await admin(flow.t);
      const paymentId = (await flow.database()).payments[0]?._id;
      if (paymentId === undefined) throw new Error("There is no payment.");
      await boss.mutation(api.payments.admin.askAgain, { paymentId });
      await flow.rest();
      expect(await outcomeOf(flow)).toEqual({ end: DONE, findings: [] });
    },
  );
});

/** Gives back a part of the newest charge. */
function refund(provider: Provider, part: number): void {
  const charge = provider.succeeded().at(-1);
  if (charge !== undefined) provider.refund(charge, Math.floor(charge.amount * part));
}

/** Add a seed that has failed once, and it will be tried for ever. */
const SEEDS = Array.from({ length: 24 }, (_, index) => index + 1);

const ENDS = [DONE, "provisioned, message undelivered", "failed", "refunded", "declined"];

describe("many faults at random", () => {
  test.each(SEEDS)("seed %i", { timeout: TIMEOUT_MS }, async (seed) => {
    const dice = diceOf(seed);
    vi.spyOn(Math, "random").mockImplementation(diceOf(-seed));
    const faults = new Random(dice, 0.05 + 0.4 * dice(), START + 4 * 60 * 60 * 1000 * dice());
    const flow = await told({
      faults,
      twice: dice() < 0.3,
      method: dice() < 0.2 ? SLOW_METHOD : "pm_card",
      onCharged: (provider) => {
        if (dice() < 0.2) refund(provider, dice() < 0.5 ? 1 : 0.5);
      },
    });
    const { end, findings } = await outcomeOf(flow);
    expect(findings, `seed ${seed}: ${JSON.stringify(faults.struck)}`).toEqual([]);
    expect(end).toBeOneOf([...ENDS, ...ENDS.map((each) => `${each}, message sent`)]);
  });
});

describe("each part is needed: without it, the same test fails", () => {
  test.for<[Without, string, RegExp]>([
    ["provider key", "POST provider", /2 charges|chargedTwice/],
    ["message key", "POST messages", /2 messages/],
    ["claim", "client", /2 payments for one click/],
    ["retry", "POST provider", /failed/],
  ])("the %s", { timeout: TIMEOUT_MS }, async ([without, place, expected], { annotate }) => {
    const points = (await pointsOf(deaf)).filter((point) => point.place === place);
    const rows = await tableOf(points, deaf, without);
    await annotate(shown(rows));
    const broken = rows.filter(({ end, findings }) => end !== DONE || findings.length > 0);
    expect(broken.map(({ end, findings }) => [end, ...findings].join("; ")).join()).toMatch(
      expected,
    );
  });

  test("the cron", async () => {
    const flow = await told({ faults: silence(), without: "cron" });
    expect(await flow.findings()).toContain("stuck: a payment is charging");
  });
});
