"""What a run amounts to: the last lines of the text, and counts by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.core.text import count
from scaffold.reporters.style import Style, levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.core.findings import Blind, Finding, Level, Report
    from scaffold.reporters.view import View

_NOT_SEEN = "not seen"
_BAR = 24  # columns of the longest bar
_STUMP = 6  # columns; shorter bars say nothing


def by_level(findings: Iterable[Finding]) -> dict[Level, int]:
    """How many findings there are of each level."""
    return dict(Counter(finding.level for finding in findings))


def lines(report: Report, view: View, style: Style) -> Iterator[str]:
    """The findings, what can be fixed, what is not shown, and what could not be seen."""
    yield _verdict(report, style)
    for label, text in (
        ("checked", _checked(report) if report.findings else ""),
        ("fixable", _fixable(report)),
        ("baseline", _baseline(report)),
        ("not shown", _not_shown(report)),
        (_NOT_SEEN, _not_seen(report.blind)),
    ):
        if text:
            yield from _labelled(label, text, view, style)


def not_seen(report: Report) -> str:
    """What could not be seen, as one line for those who get no summary; empty if all was."""
    text = _not_seen(report.blind)
    return Style(colour=False, unicode=True).plain(f"{_NOT_SEEN}: {text}") if text else ""


def _verdict(report: Report, style: Style) -> str:
    """The line that is read first."""
    if not report.findings:
        aside = style.paint(f" {style.sign('·')} {_checked(report)}", "dim")
        none = " no new findings" if report.baselined else " no findings"
        return f"{style.paint(style.sign('✓') + none, 'good')}{aside}"
    files = len({finding.place.path for finding in report.findings})
    number = style.paint(count(len(report.findings), "finding"), "strong")
    return f"{number} in {count(files, 'file')}: {levels(by_level(report.findings), style)}"


def _checked(report: Report) -> str:
    looked_at = f"{count(report.files, 'file')}, {count(report.functions, 'function')}"
    return f"{looked_at} in {report.seconds:.2f} s"


def _labelled(label: str, text: str, view: View, style: Style) -> Iterator[str]:
    head = f"{label}: "
    for number, line in enumerate(style.prose(text, view.width - len(head))):
        yield f"{style.paint(head, 'dim') if number == 0 else ' ' * len(head)}{line}"


def _fixable(report: Report) -> str:
    fixes = [finding.fix for finding in report.findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    parts = [f"{safe} with `convex-scaffold fix`"] if safe else []
    if len(fixes) > safe:
        parts.append(f"{len(fixes) - safe} with `convex-scaffold fix --unsafe`")
    return ", ".join(parts)


def _baseline(report: Report) -> str:
    since = f" since {report.baseline_since}" if report.baseline_since else ""
    parts = [f"{count(report.baselined, 'older finding')} left{since}"] if report.baselined else []
    if report.stale_baseline:
        parts.append(f"{report.stale_baseline} mended: `convex-scaffold check --prune-baseline`")
    return ", ".join(parts)


def _not_shown(report: Report) -> str:
    parts = [f"{report.suppressed} suppressed by comments"] if report.suppressed else []
    if report.hidden:
        parts.append(f"{report.hidden} less sure: `--min-confidence low`")
    return ", ".join(parts)


def _not_seen(blind: tuple[Blind, ...]) -> str:
    """One line: the first of the files that do not parse, and how many values of which kind are unknown."""
    unread = [each for each in blind if each.is_unread]
    unknown = Counter(each.kind for each in blind if not each.is_unread)
    parts = []
    if unread:
        which = "first " if len(unread) > 1 else ""
        first = f"{which}{unread[0].place}: {unread[0].reason}"
        parts.append(f"{count(len(unread), 'file')} not read whole ({first})")
    if unknown:
        kinds = ", ".join(f"{kind} {number}" for kind, number in unknown.most_common())
        values = count(unknown.total(), "unknown value")
        parts.append(f"{values} ({kinds}): `convex-scaffold inspect --unknown`")
    return "; ".join(parts)


def statistics(report: Report, view: View, style: Style) -> Iterator[str]:
    """Counts by rule and level, the commonest first, with bars where there is room for them."""
    rows = Counter((finding.code, finding.rule, finding.level) for finding in report.findings)
    fixable = Counter((each.code, each.rule, each.level) for each in report.findings if each.fix)
    digits = len(str(max(rows.values())))
    level_width = max(len(level) for _, _, level in rows)
    name_width = max(len(name) for _, name, _ in rows)
    mends_width = max(map(len, map(_mends, fixable.values())), default=0)
    room = view.width - digits - level_width - name_width - mends_width - len("  CX0000  ")
    longest = min(_BAR, room) if room >= _STUMP else 0
    for key, number in sorted(rows.items(), key=lambda row: (-row[1], row[0])):
        code, name, level = key
        bar = style.sign("█") * max(1, round(longest * number / max(rows.values())))
        mends = style.paint(_mends(fixable[key]), "good") if fixable[key] else ""
        row = f"{number:>{digits}} {level:<{level_width}} {code:<6} {name:<{name_width}}"
        shown = " " + style.paint(f"{bar:<{longest}}", level) if longest else ""
        yield f"{row}{shown}{mends}".rstrip()


def _mends(number: int) -> str:
    return f" {number} fixable"
