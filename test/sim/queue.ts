interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that only moves from one thing that is due to the next. Milliseconds. */
export class Queue {
  now = 0;
  private readonly due: Due[] = [];

  /** Of things that are due at the same time the first that was asked for comes first. */
  later(ms: number, run: () => void): void {
    const due = { at: this.now + ms, run };
    const index = this.due.findIndex((one) => one.at > due.at);
    if (index < 0) this.due.push(due);
    else this.due.splice(index, 0, due);
  }

  runUntil(at: number): void {
    for (let [next] = this.due; next !== undefined && next.at <= at; [next] = this.due) {
      this.due.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    if (Number.isFinite(at)) this.now = Math.max(this.now, at);
  }
}
