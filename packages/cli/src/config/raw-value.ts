/** A value as text, with the place that it came from. */
export interface RawValue {
  readonly text: string
  /** Its name in messages, such as `RATE=x in .env`; without the value of a secret. */
  readonly where: string
  /** 1 for `.env`, 2 for the environment, 3 for a flag: the highest counts. */
  readonly rank: 1 | 2 | 3
  /** The file that holds the value; `text` is not the value then. */
  readonly file?: string
}
