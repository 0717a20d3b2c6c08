import { Component, type ReactNode } from "react";
import { explain } from "./errors";

/**
 * Shows what went wrong in the place of the part in which it did: `useQuery` throws the error of its
 * query, and without this the whole page would be gone.
 */
export class Failures extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div role="alert" className="empty">
        <p>{explain(this.state.error)}</p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}
