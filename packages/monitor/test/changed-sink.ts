import type { Sink, TaskId, Writer } from '@tickets/core'

/** A sink whose writers have these methods instead. */
export const changed = <T>(sink: Sink<T>, change: (writer: Writer<T>, at: TaskId) => Partial<Writer<T>>): Sink<T> => ({
  ...sink,
  open: async (at, ...rest) => {
    const writer = await sink.open(at, ...rest)
    // Methods of a class are no properties of the object.
    const { write, stage, publish, sweep, close } = writer
    const own = {
      write: write.bind(writer),
      stage: stage.bind(writer),
      publish: publish.bind(writer),
      sweep: sweep.bind(writer),
      close: close.bind(writer),
    }
    return { ...own, ...change(writer, at) }
  },
})
