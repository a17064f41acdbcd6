/** The rules of protocol section 3, and one of section 2, that the model can leave out, and what is done instead. */
export const RULES = {
  '2.5': 'a range that was staged ahead is recorded before the one before it is published',
  'step 1': 'staged files are not fsynced before the record',
  'step 2': "the record's folder is not fsynced before the record is acted on",
  'step 3': "the target's folder is not fsynced before the staged names go",
  '3.1': 'a record is renamed over the one that is there',
  '3.2': "a record's name holds its range beside n",
  '3.3 attempt': '`exists` counts as appended, whoever made the record',
  '3.3 fresh': 'every assignment has the same attempt id',
  '3.3 delete nothing': 'after an append without an answer the staged files are removed',
  '3.4 recovery': 'recovery acts on a record without fsyncing its folder',
  '3.4 merge': 'the merge acts on a record without fsyncing its folder',
  '3.5': 'nobody lists again after creating a record',
  '3.6': 'recovery extends the head without publishing it',
  '3.7 again': 'publishing what was published before is an error',
  '3.7 error': 'staged and published both missing is passed over in silence',
  '3.8 nothing else': 'a sweep removes all that no record names',
  '3.8 every recovery': 'nothing is swept',
  '3.9 merge': 'pruned without looking where the merge is',
  '3.9 base': "pruned without looking at the base of the head's state",
  '3.9 newest': 'the newest record is pruned as well',
  '3.11 naming': 'the name of the staging holds n alone, not the attempt',
  '3.11 checksum': 'a damaged head is believed',
  '3.12': 'a task that was beaten to a record keeps its rows and tries the next number',
} as const

/** One rule, or one half of a rule. */
export type Rule = keyof typeof RULES

/** The size of the world, and how often what may happen to it. All interleavings within these bounds are explored. */
export interface Bounds {
  /** Rows of the partition; a range takes one or two. */
  readonly rows: number
  /** Files of a range. */
  readonly files: number
  readonly workers: number
  readonly merges: number
  /** A worker or the merge dies, or its partition is revoked: memory is lost. */
  readonly crashes: number
  /** Everybody dies, and any part of what was not fsynced is gone. */
  readonly powerLosses: number
  /** A record is made, but the answer gets lost. */
  readonly lostAnswers: number
  /** Someone damages the newest record, or deletes a staged file. */
  readonly vandals: number
  /** Workers may stage a range while the one before it is recorded and published. */
  readonly ahead?: true
  /** Take the rule out. */
  readonly without?: Rule
}
