import type { AnyContestant } from './contestant.ts'

/** All contestants, in the order in which they run and are shown. */
export const contestants: readonly AnyContestant[] = []
