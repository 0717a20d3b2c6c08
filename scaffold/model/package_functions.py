"""Functions that packages make: `export const { signIn } = convexAuth({ … })`, `migrations.define({ … })`.

What they do is no part of the project, so that they have no handler, and what they take is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.model.function import Builder, Function, Kind
from scaffold.model.values import Definition, External
from scaffold.source import nodes as n

if TYPE_CHECKING:
    from scaffold.model.module import Module
    from scaffold.model.names import Export
    from scaffold.model.project import Project
    from scaffold.model.values import Value

# As the packages' newest versions of October 2026 make them: `public query`, `internal mutation` and so on.
_MADE = """
@convex-dev/auth/server           convexAuth().isAuthenticated                public query
@convex-dev/auth/server           convexAuth().signIn                         public action
@convex-dev/auth/server           convexAuth().signOut                        public action
@convex-dev/auth/server           convexAuth().store                          internal mutation
@convex-dev/agent                 Agent().asObjectAction()                    internal action
@convex-dev/agent                 Agent().asSaveMessagesMutation()            internal mutation
@convex-dev/agent                 Agent().asTextAction()                      internal action
@convex-dev/agent                 Agent().createThreadMutation()              internal mutation
@convex-dev/agent                 definePlaygroundAPI().createThread          public mutation
@convex-dev/agent                 definePlaygroundAPI().fetchPromptContext    public action
@convex-dev/agent                 definePlaygroundAPI().generateText          public action
@convex-dev/agent                 definePlaygroundAPI().isApiKeyValid         public query
@convex-dev/agent                 definePlaygroundAPI().listAgents            public query
@convex-dev/agent                 definePlaygroundAPI().listMessages          public query
@convex-dev/agent                 definePlaygroundAPI().listThreads           public query
@convex-dev/agent                 definePlaygroundAPI().listUsers             public query
@convex-dev/better-auth           createApi().create                          public mutation
@convex-dev/better-auth           createApi().deleteMany                      public mutation
@convex-dev/better-auth           createApi().deleteOne                       public mutation
@convex-dev/better-auth           createApi().findMany                        public query
@convex-dev/better-auth           createApi().findOne                         public query
@convex-dev/better-auth           createApi().updateMany                      public mutation
@convex-dev/better-auth           createApi().updateOne                       public mutation
@convex-dev/better-auth           createClient().clientApi().getAuthUser      public query
@convex-dev/better-auth           createClient().triggersApi().onCreate       internal mutation
@convex-dev/better-auth           createClient().triggersApi().onDelete       internal mutation
@convex-dev/better-auth           createClient().triggersApi().onUpdate       internal mutation
@convex-dev/migrations            Migrations().define()                       internal mutation
@convex-dev/migrations            Migrations().runner()                       internal mutation
@convex-dev/polar                 Polar().api().cancelCurrentSubscription     public action
@convex-dev/polar                 Polar().api().changeCurrentSubscription     public action
@convex-dev/polar                 Polar().api().generateCheckoutLink          public action
@convex-dev/polar                 Polar().api().generateCustomerPortalUrl     public action
@convex-dev/polar                 Polar().api().getConfiguredProducts         public query
@convex-dev/polar                 Polar().api().listAllProducts               public query
@convex-dev/polar                 Polar().api().listAllSubscriptions          public query
@convex-dev/prosemirror-sync      ProsemirrorSync().syncApi().getSnapshot     public query
@convex-dev/prosemirror-sync      ProsemirrorSync().syncApi().getSteps        public query
@convex-dev/prosemirror-sync      ProsemirrorSync().syncApi().latestVersion   public query
@convex-dev/prosemirror-sync      ProsemirrorSync().syncApi().submitSnapshot  public mutation
@convex-dev/prosemirror-sync      ProsemirrorSync().syncApi().submitSteps     public mutation
@convex-dev/r2                    R2().clientApi().deleteObject               public mutation
@convex-dev/r2                    R2().clientApi().generateUploadUrl          public mutation
@convex-dev/r2                    R2().clientApi().getMetadata                public query
@convex-dev/r2                    R2().clientApi().listMetadata               public query
@convex-dev/r2                    R2().clientApi().onSyncMetadata             internal mutation
@convex-dev/r2                    R2().clientApi().syncMetadata               public mutation
@convex-dev/rag                   RAG().defineChunkerAction()                 internal action
@convex-dev/rag                   RAG().defineOnComplete()                    internal mutation
@convex-dev/rate-limiter          RateLimiter().hookAPI().getRateLimit        public query
@convex-dev/rate-limiter          RateLimiter().hookAPI().getServerTime       public mutation
@convex-dev/resend                Resend().defineOnEmailEvent()               internal mutation
@convex-dev/workflow              WorkflowManager().define()                  internal mutation
@convex-dev/workflow              defineWorkflow().handler()                  internal mutation
@convex-dev/workpool              Workpool().defineOnComplete()               internal mutation
convex-helpers/server/migrations  makeMigration()()                           internal mutation
convex-helpers/server/retries     makeActionRetrier().retry                   internal mutation
"""


def _table() -> dict[tuple[str, tuple[str, ...]], tuple[Kind, bool]]:
    rows = (line.split() for line in _MADE.strip().splitlines())
    return {
        (package, tuple(way.replace("()", ".()").split("."))): (Kind(kind), visibility == "public")
        for package, way, visibility, kind in rows
    }


_KINDS = _table()
_DEPTH = 20


def read(project: Project, module: Module, export: Export, value: Value) -> Function | None:
    """The function that an export is, if a package makes it."""
    made = _behind(project, value)
    found = _KINDS.get((made.specifier, made.path)) if made is not None else None
    located = _call(project, module, export, value) if found is not None else None
    if made is None or found is None or located is None:
        return None
    kind, public = found
    where, call = located
    return Function(
        module=module,
        name=export.name,
        builder=Builder(kind=kind, public=public, names=(made.path[0],)),
        call=call,
        call_module=where,
        name_node=export.node,
        syntax="unknown",
        options_module=where,
        package=made.specifier,
    )


def _behind(project: Project, value: Value) -> External | None:
    """The way into a package: of what is taken from an object of it, or of what a method of it gives."""
    match value:
        case External():
            return value
        case Definition(module, n.Call(callee=callee)):
            made = project.resolver.evaluate(module, callee)
            return External(made.specifier, (*made.path, "()")) if isinstance(made, External) else None
    return None


def _call(project: Project, module: Module, export: Export, value: Value) -> tuple[Module, n.Call] | None:
    """The call that makes an object of which something is taken, or the thing itself; and where it stands."""
    if isinstance(value, Definition):
        return (value.module, value.node) if isinstance(value.node, n.Call) else None
    found = project.resolver.exports_as(module, export.name)
    for _ in range(_DEPTH):
        match found:
            case (where, n.Member(object=inner)):
                found = where, inner
            case (where, n.Name(name=name)):
                found = project.resolver.written(where, name)
            case (where, n.Call() as call):
                return where, call
    return None
