/** Lets the page answer whoever uses it in the midst of long work. */
export class Breath {
  private until = performance.now() + 30

  /** Waits for its turn when the work has lasted for long; there is no waiting before. */
  taken(): Promise<void> | undefined {
    if (performance.now() < this.until) return
    return new Promise((resolve) => setTimeout(() => {
      this.until = performance.now() + 30
      resolve()
    }))
  }
}
