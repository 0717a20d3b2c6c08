// When a cron runs next. All times are milliseconds since the epoch, all calendars UTC.

const MINUTE = 60_000;
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const HORIZON = 366 * 5; // days to search: every pattern that means a day at all means one in five years

/** The first time after `after` at which a cron of this schedule runs, or null if there is none. */
export function nextRun(schedule, after) {
  switch (schedule.type) {
    case "interval":
      return after + intervalOf(schedule);
    case "hourly":
      return nextMatch(pattern({ minute: [schedule.minuteUTC ?? 0] }), after);
    case "daily":
      return nextMatch(pattern(timeOf(schedule)), after);
    case "weekly":
      return nextMatch(pattern({ ...timeOf(schedule), weekday: [DAYS.indexOf(schedule.dayOfWeek)] }), after);
    case "monthly":
      return nextMatch(pattern({ ...timeOf(schedule), day: [schedule.day] }), after);
    case "cron":
      return nextMatch(parseCron(schedule.cron), after);
    default:
      return null;
  }
}

function intervalOf({ seconds = 0, minutes = 0, hours = 0 }) {
  return (seconds + 60 * minutes + 3600 * hours) * 1000;
}

function timeOf({ hourUTC = 0, minuteUTC = 0 }) {
  return { hour: [hourUTC], minute: [minuteUTC] };
}

/** Which values of each field match; a missing field matches always. */
function pattern({ minute, hour, day, month, weekday }) {
  const set = (values) => (values ? new Set(values) : null);
  return { minute: set(minute), hour: set(hour), day: set(day), month: set(month), weekday: set(weekday) };
}

/** A five-field cron expression as a pattern. */
export function parseCron(text) {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw new Error(`"${text}" has ${fields.length} fields, not five`);
  const [minute, hour, day, month, weekday] = fields;
  return pattern({
    minute: parseField(minute, 0, 59),
    hour: parseField(hour, 0, 23),
    day: parseField(day, 1, 31),
    month: parseField(month, 1, 12, MONTHS, 1),
    weekday: parseField(
      weekday,
      0,
      7,
      DAYS.map((name) => name.slice(0, 3)),
      0,
    )?.map((value) => value % 7),
  });
}

function parseField(text, low, high, names = [], offset = 0) {
  if (text === "*" || text === "?") return null;
  const number = (part) => {
    const index = names.indexOf(part.toLowerCase().slice(0, 3));
    const value = index >= 0 ? index + offset : Number(part);
    if (!Number.isInteger(value) || value < low || value > high) throw new Error(`"${part}" in "${text}"`);
    return value;
  };
  return text.split(",").flatMap((part) => parseRange(part, low, high, number));
}

function parseRange(part, low, high, number) {
  const [range, stepText] = part.split("/");
  const step = stepText === undefined ? 1 : Number(stepText);
  if (!Number.isInteger(step) || step < 1) throw new Error(`the step in "${part}"`);
  let [first, last] = [low, high];
  if (range !== "*") {
    const [from, to] = range.split("-");
    first = number(from);
    last = to === undefined ? (stepText === undefined ? first : high) : number(to);
  }
  const values = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

function nextMatch(fields, after) {
  const start = new Date((Math.floor(after / MINUTE) + 1) * MINUTE);
  for (let days = 0; days <= HORIZON; days += 1) {
    const midnight = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + days);
    if (!matchesDay(fields, new Date(midnight))) continue;
    const found = firstTimeOfDay(fields, midnight, start.getTime());
    if (found !== null) return found;
  }
  return null;
}

function matchesDay({ day, month, weekday }, date) {
  if (month && !month.has(date.getUTCMonth() + 1)) return false;
  const inDay = day?.has(date.getUTCDate());
  const inWeekday = weekday?.has(date.getUTCDay());
  // As cron has it: where both are given, either will do.
  if (day && weekday) return inDay || inWeekday;
  return (inDay ?? true) && (inWeekday ?? true);
}

function firstTimeOfDay({ minute, hour }, midnight, earliest) {
  for (let index = 0; index < 24 * 60; index += 1) {
    const time = midnight + index * MINUTE;
    if (time < earliest) continue;
    if ((!hour || hour.has(Math.floor(index / 60))) && (!minute || minute.has(index % 60))) return time;
  }
  return null;
}
