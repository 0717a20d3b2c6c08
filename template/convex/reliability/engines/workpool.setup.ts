/** The component of this engine, for the backends of tests. */
export { register } from "@convex-dev/workpool/test";
