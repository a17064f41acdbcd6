/** Something that keeps a pipeline from running, or makes it unsafe. */
export interface Finding {
  /** What was looked at, such as `log` or `listener`. */
  readonly check: string
  readonly problem: string
  /** How it was seen. */
  readonly seen: string
  /** What to do. */
  readonly fix: string
}

/** What one part of the doctor looked at. */
export interface Examined {
  /** Check → what was found to be in order, in a few words. */
  readonly fine: Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}
