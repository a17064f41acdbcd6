import { describe, expect, test } from 'vitest'
import { exported, publicEntries } from './exported.ts'

const all = exported()
const functions = all.filter(({ isFunction }) => isFunction)
const named = ({ path, name, comment }: (typeof all)[number]) => `${path} ${name}: ${comment.split('\n')[0]}`

/** The verbs that doc comments start with; a new one is added here. */
const verbs = new Set(
  `Adds Applies Asks Begins Brings Builds Calls Changes Checks Claims Closes Combines Commits Compacts Compares Compresses Computes Connects Copies Counts
  Creates Cuts Declares Decodes Decompresses Defines Divides Does Drops Emits Encodes Ends Estimates Fills Finds Finishes Folds Forgets Gathers Gives
  Groups Hands Holds Inserts Inspects Joins Keeps Lets Limits Lists Loads Locks Looks Makes Maps Marks Merges Moves Numbers Opens Packs Parses
  Partitions Passes Picks Prunes Publishes Puts Reads Records Refuses Releases Removes Repeats Replaces Reports Resolves Restores Returns Runs
  Says Sends Sets Sorts Splits Stages Starts Stops Stores Sums Takes Tells Throws Turns Waits Wraps Writes Yields`.split(/\s+/),
)
const startsWithVerb = ({ comment }: { readonly comment: string }) => verbs.has(/^[A-Z][a-z]+/.exec(comment)?.[0] ?? '')

describe('doc comments', () => {
  test('every function of a public entry has one, which starts with a verb in the third person', () => {
    expect(publicEntries()).toContain('packages/core/src/node.ts')
    const open = functions.filter(({ isPublic }) => isPublic)
    expect(open.length).toBeGreaterThan(100)
    expect(open.filter((one) => !startsWithVerb(one)).map(named)).toEqual([])
  })

  test('those of other exported functions start with a verb, too', () => {
    const commented = functions.filter(({ comment }) => comment !== '')
    expect(commented.length).toBeGreaterThan(500)
    expect(commented.filter((one) => !startsWithVerb(one)).map(named)).toEqual([])
  })

  test('every type, class and constant of a public entry has one', () => {
    const open = all.filter(({ isPublic, isFunction }) => isPublic && !isFunction)
    expect(open.length).toBeGreaterThan(100)
    expect(open.filter(({ comment }) => comment === '').map(named)).toEqual([])
  })
})
