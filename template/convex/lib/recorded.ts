/**
 * Wraps Convex's builders so that each call of each function they make is recorded.
 *
 * Used by functions.ts alone. The raw builder is wrapped, and not the handler of a function, so
 * that the checks of the caller run inside: refusals are recorded like everything else.
 */
import type { ActionMeta, MutationMeta, PublicHttpAction, QueryMeta } from "convex/server";
import type { ActionCtx } from "../_generated/server";
import { isAppError } from "./errors";
import { errorResponse } from "./http";
import { recordCall, type Clock, type FunctionClass } from "./telemetry";

type Meta = QueryMeta | MutationMeta | ActionMeta;

interface Definition {
  handler: (ctx: { meta: Meta }, args: unknown) => unknown;
}

/** The same builder, and the same types: the casts only look into it. */
export function recorded<Builder>(
  builder: Builder,
  functionClass: FunctionClass,
  clock: Clock | null,
): Builder {
  const build = builder as (definition: Definition) => unknown;
  const buildRecorded = (definition: Definition) =>
    build({
      ...definition,
      handler: async (ctx, args) => {
        const { name } = await ctx.meta.getFunctionMetadata();
        const call = {
          function: name,
          class: functionClass,
          requestId: await requestId(ctx.meta),
        };
        return await recordCall(call, clock, () => definition.handler(ctx, args));
      },
    });
  return buildRecorded as Builder;
}

export type HttpHandler<Ctx> = (ctx: Ctx, request: Request) => Response | Promise<Response>;

/** Makes HTTP actions that are recorded, and that answer an `appError` with its own status. */
export function recordedHttp(
  httpAction: (handler: HttpBuilderHandler) => PublicHttpAction,
  clock: Clock,
) {
  return (handler: HttpHandler<ActionCtx>) =>
    httpAction(async (ctx: ActionCtx, request) => {
      const call = {
        // Routes have exact paths (standard.test.ts), so this is a name and holds nobody's data.
        function: `${request.method} ${new URL(request.url).pathname}`,
        class: "httpAction" as const,
        requestId: await requestId(ctx.meta),
      };
      try {
        return await recordCall(call, clock, () => handler(ctx, request));
      } catch (error) {
        if (isAppError(error)) return errorResponse(error);
        throw error; // A bug: Convex reports it and answers 500.
      }
    });
}

type HttpBuilderHandler = (ctx: ActionCtx, request: Request) => Promise<Response>;

/** Queries cannot know it. */
async function requestId(meta: Meta): Promise<string | null> {
  if (!("getRequestMetadata" in meta)) return null;
  return (await meta.getRequestMetadata()).requestId;
}
