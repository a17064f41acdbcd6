import { describe, expect, test } from 'vitest'
import { read, sources, tracked } from './files.ts'
import { proseOf } from './pages.ts'

/** What a reader of Kafka Streams or Spark would stop at, or what English says otherwise. One space stands for any blank, line ends included. */
const replaced = [
  'the way of the data',
  'nothing new, so nothing changes',
  'what is rejected is a dead letter',
  'created,? only if (it is )?absent',
  'a function of (its own|the) bytes',
  'that (are|is|were|was) no rows?',
  'mend(s|ed|ing)?',
  'told',
  'let(s|ting)? go',
  '(give|gives|gave|given|giving) way',
  'amid',
  '(go|goes|went|gone|going) on',
  'harm(s|ed|ing)?',
  "nobody's",
  'two at once are (right|correct)',
  '(a|some) few hundredths',
  'why the rest is not had',
].map((phrase) => new RegExp(`\\b${phrase.replaceAll(' ', '\\s+')}\\b`, 'gi'))

/** The comments of a text, without the marks that begin each of their lines. */
function commentsOf(text: string): string {
  const comments = text.match(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$|^\s*-- .*$/gm) ?? []
  return comments.join('\n').replaceAll(/^\s*(\/\*\*?|\*\/?|\/\/|--) ?/gm, '')
}

/** The titles of tests, those after a table of `each` included. */
const titlesOf = (text: string): string[] =>
  [...text.matchAll(/(?:\b(?:test|it|describe)(?:\.\w+)*\((?:[^\n]*?\)\()?|^\s*\]\)\()\s*(['"`])(.*?)(?<!\\)\1/gm)].map((match) => match[2] ?? '')

const found = (text: string): string[] => replaced.flatMap((phrase) => [...text.matchAll(phrase)].map(([words]) => words.replaceAll(/\s+/g, ' ')))

const own = 'test/repo/phrases.test.ts'

describe('the phrases that the style replaces', () => {
  test('are found over line ends, in all tenses, in comments and titles', () => {
    expect(found(commentsOf('/**\n * It went\n * on.\n */\nconst a = 1 // nobody was told\n'))).toEqual(['told', 'went on'])
    expect(found(commentsOf('-- let\n-- go'))).toEqual(['let go'])
    expect(found(titlesOf("test.each(['a'])('gives way to %s', () => {})").join('\n'))).toEqual(['gives way'])
    expect(found('a harmless amidships')).toEqual([])
  })

  test('are on no page', () => {
    const pages = tracked.filter((path) => path.endsWith('.md') && !path.startsWith('test/packaging/surface/'))
    expect(pages).toContain('bench/README.md')
    expect(pages.flatMap((path) => found(proseOf(path)).map((words) => `${path}: ${words}`))).toEqual([])
  })

  test('are in no comment', () => {
    // Databases know the migrations by their checksums, so not even a comment of theirs may change.
    const sql = tracked.filter((path) => path.endsWith('.sql') && !path.includes('/migrations/'))
    const code = [...sources, ...sql].filter((path) => path !== own)
    expect(code.length).toBeGreaterThan(800)
    expect(code.flatMap((path) => found(commentsOf(read(path))).map((words) => `${path}: ${words}`))).toEqual([])
  })

  test('are in no title of a test', () => {
    const specs = tracked.filter((path) => /\.(test|ci)\.ts$/.test(path) && path !== own)
    expect(specs.flatMap((path) => titlesOf(read(path)).flatMap((title) => found(title).map(() => `${path}: ${title}`)))).toEqual([])
  })
})
