/** Windows of a flow as they fill, as JSON. */
export interface PanelView {
  readonly title: string
  /** The name of the pipeline. */
  readonly pipeline: string
  readonly flow: string
  /** Whether its rows say which of them are final (`emit: 'updates'`). */
  readonly updates: boolean
  /** Whether the series add up to something: counts by a key do. */
  readonly stacked: boolean
  readonly series: readonly string[]
  /** By their beginning. */
  readonly windows: readonly PanelWindow[]
  /** Values of the key beyond the first 12, which are not shown. */
  readonly hiddenSeries: number
  /** Rows of windows before the ones that are kept. */
  readonly older: number
  /** Rows that the sink refused; they are dead letters, and shown here all the same. */
  readonly refused: number
  /** The panel has thrown and shows nothing new; the pipeline continues. */
  readonly isBroken: boolean
}

/** One window of a panel. */
export interface PanelWindow {
  readonly start: number
  readonly end: number
  /** Whether no further row can follow. False for rows that do not say so. */
  readonly isFinal: boolean
  /** A value for each series; null where the window has none. */
  readonly values: readonly (number | null)[]
}
