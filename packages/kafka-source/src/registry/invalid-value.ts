/** Why the value of one message is invalid. It becomes the reason of a dead letter. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue'
}

/** Returns whether an error says that a message is invalid. */
export const isInvalidValue = (error: unknown): error is InvalidValue => error instanceof InvalidValue

/** Returns the error for bytes that end before the value does. */
export const truncated = (): InvalidValue => new InvalidValue('the value ends too early: it is cut off or damaged')
