/** Frames that come when they come, read one after the other. One reader. */
export class FrameQueue<T> implements AsyncIterable<T> {
  private readonly frames: T[] = [];
  private ended = false;
  private wake: (() => void) | null = null;

  push(frame: T): void {
    if (this.ended) return;
    this.frames.push(frame);
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) {
        yield frame;
        continue;
      }
      if (this.ended) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
  }
}
