import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { Agenda } from "../../../scaffold/backend/js/worker/agenda.mjs";
import { Clock, installDate } from "../../../scaffold/backend/js/worker/clock.mjs";

const START = 1_800_000_000_000;

function frozen() {
  const clock = new Clock();
  clock.freeze(true);
  clock.set(START);
  return { clock, agenda: new Agenda(clock) };
}

test("a clock goes on from where it was set, and stands when frozen", () => {
  const clock = new Clock();
  clock.set(START);
  assert.ok(clock.now() >= START && clock.now() < START + 1000);
  clock.freeze(true);
  assert.equal(clock.now(), clock.now());
  assert.equal(new Clock(clock.state()).now(), clock.now());
});

test("work is done in the order of its times, at its time", async () => {
  const { clock, agenda } = frozen();
  const done = [];
  for (const [key, delay] of [
    ["b", 20],
    ["a", 10],
    ["c", 20],
    ["late", 31],
  ]) {
    agenda.add(key, START + delay, async () => void done.push([key, clock.now() - START]));
  }
  assert.equal(await agenda.advance(START + 30), 3);
  assert.deepEqual(done, [
    ["a", 10],
    ["b", 20],
    ["c", 20],
  ]);
  assert.equal(clock.now(), START + 30);
});

test("work that is taken back is not done", async () => {
  const { agenda } = frozen();
  agenda.add("a", START + 1, async () => assert.fail());
  agenda.delete("a");
  assert.equal(await agenda.advance(START + 10), 0);
});

test("work without end is noticed", async () => {
  const { clock, agenda } = frozen();
  const again = async () => agenda.add("a", clock.now(), again);
  await again();
  await assert.rejects(agenda.advance(START + 1), /is there a loop/);
});

test("dates are dates, whoever made them", () => {
  const SystemDate = Date;
  const { clock } = frozen();
  const { mtime } = fs.statSync(".");
  installDate(() => clock);
  class Later extends Date {}
  try {
    assert.deepEqual([Date.now(), new Date().getTime(), new Later().getTime()], [START, START, START]);
    assert.deepEqual(
      [new Date(0).getTime(), new Date(2027, 0, 15) > new Date(0), Date.UTC(1970, 0)],
      [0, true, 0],
    );
    assert.ok(new Date() instanceof Date && mtime instanceof Date && new Later() instanceof Later);
    assert.equal(new Date().constructor, Date);
    assert.equal(Date(), new Date().toString());
  } finally {
    globalThis.Date = SystemDate;
  }
});
