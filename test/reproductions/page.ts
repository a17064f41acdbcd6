/** An example at the end of a code's section. */
const EXAMPLE = /\nFor example: [^\n]*\n\n```text\n[\s\S]*?\n```\n/

/** What differs from one run to the next, and what stands for it on the page. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/(?<=\blog )[0-9a-f]{8}\b/g, 'a7a35f93'],
  [/(?<=\bis )[0-9a-f]{8}\b/g, '65874bff'],
  [/\bevents-[0-9a-f]{8}\b/g, 'events'],
  [/\b\d+ s ago/g, '3 s ago'],
  [/127\.0\.0\.1:\d{4,5}/g, 'localhost:8081'],
]

/** Returns an example of an error: what was done, and its message, with `/data` in place of the folder of the test. */
export function exampleOf(when: string, message: string, folder: string): string {
  const text = changing.reduce((all, [pattern, instead]) => all.replaceAll(pattern, instead), message.replaceAll(folder, '/data'))
  return `\nFor example: ${when}.\n\n\`\`\`text\n${text}\n\`\`\`\n`
}

/** Returns the page of errors with these examples at the ends of their sections; the others stay as they are. */
export function withExamples(page: string, examples: ReadonlyMap<string, string>): string {
  return page
    .split(/(?=^#{2,3} )/m)
    .map((section) => {
      const code = /^### ([A-Z_]+)\n/.exec(section)?.[1] ?? ''
      const example = examples.get(code)
      return example === undefined ? section : `${section.replace(EXAMPLE, '').trimEnd()}\n${example}\n`
    })
    .join('')
    .replace(/\n+$/, '\n')
}
