/** What an element is made with: attributes by their names. */
type Attributes = Readonly<Record<string, string | boolean>>

/** Makes an element with these children. A boolean attribute is there or not. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value)
  made.append(...children)
  return made
}

/** Makes an element of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}): SVGElementTagNameMap[K] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value)
  return made
}

/** Sets an attribute, if it changes; false removes it. */
export function setAttribute(element: Element, name: string, value: string | boolean): void {
  if (value === false) element.removeAttribute(name)
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? '' : value)
}

/** Sets the text of an element, if it changes: so a selection, and what a screen reader reads, stay. */
export function setText(element: Node, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** A cell of a table: its text, or with a class. */
export type Cell = string | { readonly text: string; readonly class: string }

/** Makes a table with a caption for screen readers. `columns` whose names end in `#` hold numbers. Returns it with what fills its rows. */
export function table(
  caption: string,
  columns: readonly string[],
): { readonly element: HTMLTableElement; fill(rows: readonly (readonly Cell[])[]): void } {
  const names = columns.map((name) => name.replace(/#$/, ''))
  const isNumber = columns.map((name) => name.endsWith('#'))
  const head = names.map((name, i) => el('th', { scope: 'col', role: 'columnheader', class: isNumber[i] ? 'number' : '' }, name))
  const body = el('tbody', { role: 'rowgroup' })
  // On a narrow screen rows are blocks, and would be no table any more without their roles.
  const element = el(
    'table',
    { role: 'table' },
    el('caption', { class: 'hidden' }, caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...head)),
    body,
  )
  const fill = (rows: readonly (readonly Cell[])[]) =>
    fillList(
      body,
      rows,
      () =>
        el(
          'tr',
          { role: 'row' },
          ...names.map((name, i) => (i === 0 ? rowHeader() : el('td', { role: 'cell', 'data-label': name, class: isNumber[i] ? 'number' : '' }))),
        ),
      (row, cells) => {
        cells.forEach((cell, i) => {
          fillCell(row.children[i], cell, isNumber[i] === true)
        })
      },
    )
  return { element, fill }
}

const rowHeader = () => el('th', { scope: 'row', role: 'rowheader' })

function fillCell(element: Element | undefined, cell: Cell, isNumber: boolean): void {
  if (!element) return
  setText(element, typeof cell === 'string' ? cell : cell.text)
  setAttribute(element, 'class', `${isNumber ? 'number ' : ''}${typeof cell === 'string' ? '' : cell.class}`.trim())
}

/** Gives a list as many elements as there are items, and updates each in its place. */
export function fillList<T, E extends HTMLElement>(
  list: Element,
  items: readonly T[],
  make: (item: T) => E,
  update: (element: E, item: T) => void,
): void {
  while (list.children.length > items.length) list.lastElementChild?.remove()
  items.forEach((item, i) => {
    const found = list.children[i] as E | undefined
    const element = found ?? make(item)
    if (!found) list.append(element)
    update(element, item)
  })
}
