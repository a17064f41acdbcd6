/** Units of epoch time: seconds, milliseconds, microseconds. */
export type EpochUnit = 's' | 'ms' | 'us'

/** Epoch time as epoch milliseconds. */
export const epochMillis: Readonly<Record<EpochUnit, (value: number) => number>> = {
  s: (seconds) => Math.floor(Math.round(seconds * 1e6) / 1000),
  ms: Math.floor,
  us: (micros) => Math.floor(micros / 1000),
}
