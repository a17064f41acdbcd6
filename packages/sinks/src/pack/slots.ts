/** A text column inside the IPC stream of a job; places are bytes from its start. */
export interface TextSlot {
  readonly name: string
  readonly rows: number
  /** Of the validity bits; -1 when every row has a value. */
  readonly bits: number
  readonly offsets: number
  readonly bytes: number
}

/**
 * An enum column, which files hold as text. Its codes lie at the end of the space of its offsets, and the space of its bytes is free: the thread that
 * encodes puts the members there, in place, so that the main thread does not have to.
 */
export interface EnumSlot extends TextSlot {
  /** Bytes of a code. */
  readonly width: 1 | 2 | 4
  readonly members: readonly string[]
}
