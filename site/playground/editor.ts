import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** An editor of text in a page. */
export interface CodeEditor {
  replace(text: string): void
  close(): void
}

/** How an editor looks and whom it tells. */
export interface EditorOptions {
  readonly label: string
  readonly language: 'js' | 'trace'
  readonly text: string
  readonly onChange: (text: string) => void
}

/** Colours come from the page, so that they change with its scheme. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
  { tag: tags.comment, color: 'var(--vp-c-text-2)' },
])

const look = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'transparent', color: 'var(--vp-c-text-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--vp-font-family-mono)', padding: '12px 0', caretColor: 'var(--vp-c-text-1)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--vp-c-text-3)', border: 'none' },
  '.cm-line': { padding: '0 12px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--vp-c-brand-soft) !important' },
  '.cm-cursor': { borderLeftColor: 'var(--vp-c-text-1)' },
})

/** Opens an editor in an element. Tab indents; Escape, then Tab, leaves it. */
export function openEditor(parent: HTMLElement, { label, language, text, onChange }: EditorOptions): CodeEditor {
  const own = language === 'js' ? [lineNumbers(), javascript(), bracketMatching(), indentOnInput()] : [EditorView.lineWrapping]
  const keys = language === 'js' ? [...defaultKeymap, ...historyKeymap, indentWithTab] : [...defaultKeymap, ...historyKeymap]
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        own,
        history(),
        keymap.of(keys),
        syntaxHighlighting(colours),
        look,
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString())
        }),
      ],
    }),
  })
  return {
    replace(next) {
      if (next !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } })
    },
    close: () => view.destroy(),
  }
}
