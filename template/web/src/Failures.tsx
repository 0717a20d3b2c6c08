import { Component, type ReactNode } from "react";

interface Props {
  words: string;
  children: ReactNode;
}

/**
 * Shows what went wrong in the place of the part in which it did: `useQuery` throws the error of its
 * query, and without this the whole page would be gone. Which of several queries failed first is chance,
 * so it says what is not shown, and not why.
 */
export class Failures extends Component<Props, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div role="alert" className="empty">
        <p>{this.props.words}</p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}
