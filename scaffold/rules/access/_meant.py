"""Evidence that a function is meant for everybody: what lowers the confidence that it lacks a check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.patterns import regex
from scaffold.model.function import Kind
from scaffold.model.options import part_of
from scaffold.model.steps import Auth, EnvRead, External, HelperCall, OtherCall, Read, Run, Test, Throw, Write
from scaffold.model.values import External as Imported
from scaffold.model.values import Reference
from scaffold.rules._environment import is_of_environment
from scaffold.rules._nodes import walk, written
from scaffold.rules._ways import results
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.model.function import Function, Reached
    from scaffold.model.steps import Step

_NAMED = regex(
    r"[Pp]ublic(?![a-z])|[Pp]ublished|[Ss]ite_?[Mm]ap|[Cc]atalog|[Ss]tore_?[Ff]ront|[Ll]eader_?[Bb]oard"
    r"|[Aa]vailab|[Ss]lots?(?![a-z])|[Ll]anding"
)
_SAID = regex(
    r"(?:^|[.:;(\u2013\u2014-])\s*public(?:ly)?\b(?!\s*(?:action|mutation|quer|function|wrapper|method|/))"
    r"|\b(?:is|are|be) public(?:ly)?\b|\b(?:no|without)(?: \w+)?[ -](?:auth|login|sign-?in|user) required"
    r"|\b(?:no|without)(?: (?:user|client))?[ -](?:auth|login|sign-?in)"
    r"|\bnot (?:require|need) (?:auth|a? ?log-?in|sign)|\banonymous"
    r"|\bpublic (?:action|mutation|query|function|endpoint),? (?:but|because|since|so that|by design"
    r"|\(not internal\))"
    r"|\b(?:any|every)(?:one|body) (?:can|may|is)\b|\b(?:by|for|to) (?:any|every)(?:one|body)\b"
    r"|\bp[\u00fau]blic[ao]\b|\b(?:no requiere|sem|sin) autentica|\bsans authentification",
    re.IGNORECASE | re.MULTILINE,
)
# Before anybody has a session yet, or for who has none.
_EXEMPT = regex(r"\bauth[- ](?:exempt|free\b)|\bpre-?auth\b", re.IGNORECASE)
_SHOP_WINDOWS = regex(r"^(?:catalog(?:ue)?|store_?front|leader_?board|site_?map|landing\w*)$", re.IGNORECASE)
# What is said of a state that is not to last, or of callers who are no clients.
_UNSETTLED = regex(
    r"\b(?:todo|fixme|hack|xxx|yet|for now|temporar\w*|should)\b"
    r"|\binternal(?:ly)? (?:only|use|call)|\bonly (?:internal|called)",
    re.IGNORECASE,
)
# "Public query" may tell the kind of function only; but who says so of one that reads may mean it.
_SHOWN = regex(
    r"\bpublic (?:quer|endpoint|read|list|page|profile|view|field|info|data)"
    r"|\bfor (?:the|a|this|our) (?:demo|example|playground)(?![a-z])",
    re.IGNORECASE,
)
# What a comment says of an id that stands for a permission: who knows it may.
_CAPABILITY = regex(
    rb"\b(?:an?|as|the|its|bearer) capability\b(?! error)|\bcapability (?:token|id|key|link|url|secret)\b"
    rb"|\bunguessable\b|\b(?:not|n't|cannot|hard to) (?:be )?guess(?:ed|able)?\b",
    re.IGNORECASE,
)
_COMMENT = (b"//", b"*", b"/*")
_ABOVE = 600  # bytes above a function in which a comment may speak of it
_NEAR = 160  # bytes between such a word and the name
_PUBLISHED = regex(
    r"^(?:is_?)?(?:public|published|listed|publicly_?visible)$|^visibility$|^published?_?at$", re.IGNORECASE
)
_COLLECTS = regex(
    r"beacon|telemetry|page_?view|impression|feedback|newsletter\w*(?:subscri|sign)|subscri\w*newsletter"
    r"|wait_?list|(?:early|beta)_?access_?(?:request|sign_?up|list)|(?:in|en)quir(?:y|ies)|survey_?(?:response|answer)|rsvp|form_?submission"
    r"|contact_?(?:form|us|message|request|submission)|web_?form(?![a-z])|^(?:track|capture)(?-i:(?![a-z]))"
    r"|^(?:log|record|increment)\w*(?:View|Visit|Click|Impression|NotFound)|^increment\w*(?:Count|Download|Play)",
    re.IGNORECASE,
)
# What a visitor does before having an account.
_VISITS = regex(
    r"(?:^|_)(?:draft|cart|basket|checkout|guest|anonymous|visit(?:or)?|login)s?(?![a-z])"
    r"|(?:Draft|Cart|Basket|Checkout|Guest|Anonymous|Visit(?:or)?|Login)s?(?![a-z])|[Ss]ign_?(?:[Uu]p|[Ii]n)|^(?:self_?)?[Rr]egister"
    r"|^un_?subscribe|^(?:request|send|forgot)\w*(?:[Pp]assword|[Rr]eset)"
    r"|^(?:request|(?:re)?send)_?[cC]ode$"
    r"|(?:^(?:re)?send|^request|AndSend)\w*(?:O[Tt][Pp]|[Mm]agic_?[Ll]ink|(?:[Ll]ogin|[Vv]erification|[Aa]ccess)_?(?:[Cc]ode|[Ee]mail)|[Aa]ctivation)"
    r"|^(?:create|submit|add|send|place|request|book|generate)_?(?:Public|External)(?![a-z])"
    r"|(?:^|_)(?:create|host|start|join|leave)_?(?:Game|game|Room|room|Lobby|lobby|Match|match)(?![a-z])"
)
_ENTRANCE = regex(r"(?:^|/)\(?(?:sign-?_?up|register)\)?(?=[/.])", re.IGNORECASE)
_PAYS = regex(
    r"^(?:create|start)\w*[pP]ayment_?[iI]ntent(?![a-z])"
)  # of the provider: who buys need not sign in
# What is written by the code itself, where there is nothing yet: `ensureDefaults`, `seedTagsIfEmpty`.
_DEFAULTS = regex(
    r"^(?:ensure|seed|init(?:iali[sz]e)?|create)(?:\w*(?:Defaults|If(?:Empty|Missing|None|Needed))$|Default[A-Z])"
)
# The same where the caller has no say: without arguments, nothing but what the code holds can be written.
_FILLS = regex(r"^(?:ensure|init(?:iali[sz]e)?|bootstrap|set_?up)(?![a-z])")
_LINK = regex(
    r"\b(?:invalid|expired|unknown) link\b|\blink (?:is |has )?(?:invalid|expired)\b", re.IGNORECASE
)
# Where it is noted what people look at, whoever they are.
_TRACKS = regex(r"^(?:\w+_)?analytics(?:_?events?)?$", re.IGNORECASE)
# A test that tells what the public may do from what it may not: `if (!canPublicEdit(move)) throw …`.
_OF_PUBLIC = regex(r"^(?:can|may|is)_?(?:[pP]ublic|[gG]uest|[aA]nonymous)(?:[A-Z_]|$)")
_LIMITER = regex(r"rate_?-?limit", re.IGNORECASE)
_CAPTCHA = regex(r"siteverify|turnstile|captcha", re.IGNORECASE)
_CARD = regex(
    r"^(?:email|(?:first|last|full)?name|phone|message|subject|source|company|topic|locale|language|referrer|utm_?\w+)$",
    re.IGNORECASE,
)
# What is said above a form for those who wait: "join the waitlist", "sign up for the newsletter".
_WAITS = regex(
    r"\b(?:join|sign(?:s|ed|ing)?[ -]?up)\b[^.]{0,40}\b(?:wait-?list|newsletter|mailing list)\b",
    re.IGNORECASE,
)
# What visitors say of something, if it waits until somebody has read it.
_OPINIONS = regex(r"(?:review|comment|testimonial|suggestion)s?$", re.IGNORECASE)
_ADDRESS = regex(
    r"^(?:(?:contact|client|lead|work|business|notif(?:y|ication))_?)?e_?mail(?:_?address)?$", re.IGNORECASE
)
_SENDER = regex(r"^(?:from|sender|contact|your)_?(?=[A-Z])")  # `fromEmail`, `fromName`: of who writes
_GUEST = regex(r"^(?:guest|visitor|customer|applicant)_?(?:e_?mail|phone|contact)$", re.IGNORECASE)
# What the browser of a visitor made up, and nobody else knows.
_VISITOR = regex(r"^(?:visitor|anonymous|anon|guest)_?id$", re.IGNORECASE)
_BAIT = regex(r"^honey_?pot", re.IGNORECASE)  # a field of a form that only robots fill in
_GUESTS = regex(r"^(?:guest|visitor|passenger|applicant|attendee)_?(?:info|details|data)?$", re.IGNORECASE)
_PUBLIC = regex(r"(?:^|[/_.])public$|(?<=[a-z])Public$")
_PEOPLE = regex(r"user|account|admin|member|customer|profile|session", re.IGNORECASE)


def is_said(function: Function) -> bool:
    """Whether a comment above it, the name of its module or a test in it says that it is for everybody."""
    if _is_in_open_module(function) or (function.kind is Kind.QUERY and _is_of_visitor(function)):
        return True
    if any(map(_asks_of_public, function.steps(Test))) or _is_capability(function):
        return True
    if any(map(_speaks_of_link, function.steps(Throw))):
        return True
    comment = function.comment
    shown = function.kind is Kind.QUERY and _SHOWN.search(comment) and not _UNSETTLED.search(comment)
    return bool(shown) or says_open(comment)


def _is_capability(function: Function) -> bool:
    """Whether a comment of it, or of its file, names one of its arguments that nobody can guess."""
    module = function.call_module
    first = min((each.call.start for each in module.project.functions_of(module)), default=0)
    own = module.lines.source[max(first, function.call.start - _ABOVE) : function.call.end]
    source = module.lines.source[:first] + b"\n" + own
    names = [name.encode() for name, given in function.arguments.items() if given.kind == "string"]
    for match in _CAPABILITY.finditer(source) if names else ():
        near = source[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        said = b" ".join(line for line in near.splitlines() if line.lstrip().startswith(_COMMENT))
        if match[0] in said and any(re.search(rb"\b%b\b" % re.escape(each), said) for each in names):
            return True
    return False


def _is_in_open_module(function: Function) -> bool:
    """Whether its module is called public, and nothing in it asks who calls.

    Beside functions that ask, the name only says that clients come here, as it does beside `internal`.
    """
    module = function.module
    if not _PUBLIC.search(module.name):
        return False
    return not any(any(each.steps(Auth)) for each in module.project.functions_of(module))


def _asks_of_public(reached: Reached) -> bool:
    """Whether a test asks if strangers may do it, by a helper that is called so."""
    step = reached.step
    calls = (
        (node.callee for node in walk(step.test) if isinstance(node, n.Call))
        if isinstance(step, Test)
        else ()
    )
    return any(isinstance(callee, n.Name) and _OF_PUBLIC.match(callee.name) for callee in calls)


def _speaks_of_link(reached: Reached) -> bool:
    """Whether a refusal says that who comes was sent a link: `throw new Error("Invalid link")`."""
    texts = (node.value for node in walk(reached.step.node) if isinstance(node, n.String))
    return any(map(_LINK.search, texts))


def says_open(comment: str) -> bool:
    """Whether a comment says that something is for everybody, and for good."""
    said = _SAID.search(comment) is not None and not _UNSETTLED.search(comment)
    return said or _EXEMPT.search(comment) is not None


def is_published(function: Function) -> bool:
    """Whether its name, that of its module, or a decision in it, tells what is public from what is not."""
    if _NAMED.search(function.name) or _SHOP_WINDOWS.search(function.module.name.rpartition("/")[2]):
        return True
    return any(_tells(node) for reached in function.reached for node in _decisive(reached.step))


def collects(function: Function, touched: Iterable[Reached]) -> bool:
    """Whether, by its name, it takes in what strangers send or begin, and takes nothing away."""
    writes = [each.step for each in touched if isinstance(each.step, Write) and not only_counts(each.step)]
    if function.kind is Kind.QUERY or any(step.operation == "delete" for step in writes):
        return False
    collecting = _COLLECTS.search(function.name) is not None and (bool(writes) or _is_card(function))
    waits = _WAITS.search(function.comment) is not None and _is_card(function)
    named = collecting or waits or _VISITS.search(function.name) is not None
    return named or _begins(function, writes) or _is_of_visitor(function) or _is_letter_box(function, writes)


def _is_letter_box(function: Function, writes: list[Write]) -> bool:
    """Whether the tables that it writes to, or what it is given, are what strangers leave behind."""
    tables = [str(step.table) for step in writes]
    if tables and all(map(_VISITS.search, tables)):
        return True
    inserts = [step.operation == "insert" for step in writes]
    if not any(inserts) or not all(isinstance(step.table, str) for step in writes):
        return False
    if all(_COLLECTS.search(table) or _TRACKS.search(table) for table in tables) or (
        all(inserts) and all(map(_is_moderated, writes))
    ):
        return True
    return all(inserts) and _is_card(function) and not any(map(_PEOPLE.search, tables))


def _is_moderated(write: Write) -> bool:
    """Whether it is an opinion that nobody sees before it is approved: `{ …, status: "pending" }`."""
    node = written(write.document, write.body)
    state = part_of(node, "status") if isinstance(node, n.Object) else None
    waits = state is not None and isinstance(state.value, n.String) and state.value.value == "pending"
    return waits and _OPINIONS.search(str(write.table)) is not None


def _begins(function: Function, writes: list[Write]) -> bool:
    """Whether it is the first step of somebody without an account, or of a project that holds nothing yet."""
    if function.kind is Kind.ACTION and not writes and _PAYS.search(function.name):
        return True
    if function.name == "subscribe" and writes and any(map(_ADDRESS.match, function.arguments)):
        return True
    no_say = not function.arguments
    fills = _DEFAULTS.search(function.name) or (no_say and _FILLS.match(function.name))
    if (fills or (no_say and all(map(_looks_first, writes)))) and _only_fills_in(writes):
        return True
    return all(step.operation == "insert" for step in writes) and _is_of_entrance(function)


def _only_fills_in(writes: list[Write]) -> bool:
    """Whether it only inserts, where something is missing, and nothing that people sign in with."""
    inserts = bool(writes) and all(step.operation == "insert" and step.tests for step in writes)
    return inserts and not any(_PEOPLE.search(str(step.table)) for step in writes)


def _looks_first(write: Write) -> bool:
    """Whether what is in the table decides if something is written to it."""
    return any(
        isinstance(each.step, Read) and each.step.table == write.table
        for test in write.tests
        for each in results(test, write.body)
    )


def _is_of_entrance(function: Function) -> bool:
    """Whether clients call it only on the page where somebody gets an account."""
    mentions = function.module.project.mentions_of(function)
    pages = [mention.module.path for mention in mentions if mention.by == "client"]
    return bool(pages) and all(map(_ENTRANCE.search, pages))


def _is_of_visitor(function: Function) -> bool:
    """Whether it is given the id of a visitor, who has no account, or name and address of a guest."""
    return any(
        (_VISITOR.match(name) and given.kind == "string")
        or (_GUESTS.match(name) and "email" in given.fields)
        or _BAIT.match(name)
        for name, given in function.arguments.items()
    )


def only_counts(step: Step) -> bool:
    """Whether a write only notes how often somebody came."""
    return isinstance(step, Write) and isinstance(step.table, str) and _LIMITER.search(step.table) is not None


def is_rationed(function: Function, touched: Iterable[Reached]) -> bool:
    """Whether a rate limiter or a captcha says who may call it, and it changes nothing that is there."""
    changes = any(isinstance(each.step, Write) and each.step.operation != "insert" for each in touched)
    return not changes and any(_limits(reached.step) for reached in function.reached)


def _limits(step: Step) -> bool:
    match step:
        case External(path=("fetch",), arguments=(address, *_)):
            return _CAPTCHA.search(step.body.module.text(address)) is not None
        case External(package=package) if _LIMITER.search(package):
            return True
        case OtherCall(value=Imported(specifier=package)) if _LIMITER.search(package):
            return True
        case HelperCall(name=name) | OtherCall(name=name):
            return _LIMITER.search(name) is not None
        case Run(target=Reference(path=path)):
            return any(map(_LIMITER.search, path))
    return False


def brings_nothing(function: Function, step: External) -> bool:
    """Whether it only fetches what everybody could fetch without this backend: no key is needed for it."""
    if step.package or any(function.steps(EnvRead)):
        return False
    made_of = (value for argument in step.arguments for value in step.origins(argument))
    return not any(map(is_of_environment, made_of))


def only_gets(step: External) -> bool:
    """Whether it is a request that asks: `fetch` without a method, or with GET."""
    if step.package:
        return False
    match step.arguments:
        case (_,):
            return True
        case (_, n.Object(properties=parts) as options) if all(part.kind != "spread" for part in parts):
            method = part_of(options, "method")
            return method is None or (isinstance(method.value, n.String) and method.value.value == "GET")
    return False


def _is_card(function: Function) -> bool:
    """Whether it is given an address and a few words, or is a form: who subscribes, who asks a question."""
    fields = function.arguments
    if any(map(_GUEST.match, fields)):
        return True
    if function.name.startswith("submit") and any(map(_ADDRESS.match, fields)):
        return True
    names = [_SENDER.sub("", name) for name in fields]
    return "email" in map(str.lower, names) and all(map(_CARD.match, names))


def _decisive(step: Step) -> Iterator[n.Node]:
    """The nodes by which something is chosen or refused."""
    parts: list[n.Node] = []
    match step:
        case Test(test=test):
            parts = [test]
        case Read(range=tuple() as range_, filters=filters):
            yield from (n.String(0, 0, each.field) for each in range_ if isinstance(each.field, str))
            parts = [*(each.value for each in range_ if each.value is not None), *filters]
        case OtherCall(name="filter" | "find" | "some", node=node):
            parts = [node]
        case _:
            pass
    for part in parts:
        yield from walk(part)


def _tells(node: n.Node) -> bool:
    match node:
        case n.Member(property=str(name)) | n.String(value=name):
            return _PUBLISHED.match(name) is not None
    return False
