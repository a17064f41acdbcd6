const immediate = (globalThis as { setImmediate?: (work: () => void) => unknown }).setImmediate

/** A turn of the event loop: timers, signals and sockets get their time between two pushes. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) immediate(resolve)
    else setTimeout(resolve, 0)
  })
}
