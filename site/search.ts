/** What people type who look for a page, in words that the page itself does not use. */
const terms: Readonly<Record<string, string>> = {
  'operations/troubleshoot.md': 'nothing is read, window never closes, no files, consumer hangs, rows missing, empty output',
}

/** What counts how much: guides before internals. VitePress runs it in the page from its text, so it must stand alone. */
export const weightOf = (id: string): number => {
  if (id.includes('/operations/troubleshoot') || id.includes('/errors/')) return 2
  if (id.includes('/internals/') || id.includes('/performance') || id.includes('/bench')) return 0.3
  return id.includes('/api/') ? 0.8 : 1
}

/** Returns a section that only the search sees. */
export const searchTerms = (page: string): string => {
  const words = terms[page]
  return words ? `<p>${words}</p>` : ''
}
