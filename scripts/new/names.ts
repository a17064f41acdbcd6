/** A new part's name in the forms that its files need. */
export interface Names {
  /** As it was given, such as `keep-first`: the name of the file. */
  readonly kebab: string
  /** The name of the function: `keepFirst`. */
  readonly camel: string
  /** The start of the names of its types: `KeepFirst`. */
  readonly pascal: string
}

/** Words of the language that no function can have as its name. */
const RESERVED = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
)

/** Returns the forms of a name. Throws where it is no name of a file and a function. */
export function namesOf(name: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name))
    throw new Error(`a name is lower-case words with hyphens between, such as keep-first; got ${JSON.stringify(name)}`)
  const pascal = name.replace(/(^|-)([a-z])/g, (_, _hyphen, letter: string) => letter.toUpperCase())
  const camel = `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}`
  if (RESERVED.has(camel)) throw new Error(`${camel} is a word of the language: choose another name`)
  return { kebab: name, camel, pascal }
}
