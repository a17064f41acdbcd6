import ts from 'typescript'

/** One small change of a source file: the text `[start, end)` becomes `text`. */
export interface Mutant {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly line: number
  /** What it changes, to read: `a < b → a <= b`. */
  readonly what: string
  /** The line it stands in, trimmed: what an explanation is found by. */
  readonly source: string
  /** Counts the same mutations of the same line text in this file, from 0. */
  readonly nth: number
}

const swaps: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
  [ts.SyntaxKind.PercentToken, '*'],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
])
const names: ReadonlyMap<string, string> = new Map([
  ['max', 'min'],
  ['min', 'max'],
  ['some', 'every'],
  ['every', 'some'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
])

/** Finds the single mutations of a source file. Types, imports, texts and what is thrown are left alone: tests need not look at those. */
export function mutantsOf(path: string, source: string): Mutant[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
  const found: Omit<Mutant, 'nth'>[] = []
  const put = (from: ts.Node, text: string, what = `${short(from.getText(file))} → ${text === '' ? 'removed' : short(text)}`) => {
    const start = from.getStart(file)
    const { line } = file.getLineAndCharacterOfPosition(start)
    const [at, next] = [file.getPositionOfLineAndCharacter(line, 0), source.indexOf('\n', start)]
    found.push({ start, end: from.end, text, line: line + 1, what, source: source.slice(at, next < 0 ? undefined : next).trim() })
  }
  const negate = (condition: ts.Expression) => put(condition, `!(${condition.getText(file)})`)
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isThrowStatement(node)) {
      put(node, ';')
      return
    }
    if (ts.isExpressionStatement(node) && canGo(node.expression)) put(node, ';')
    if ((ts.isIfStatement(node) || ts.isWhileStatement(node)) && !isComparison(node.expression)) negate(node.expression)
    if (ts.isConditionalExpression(node) && !isComparison(node.condition)) negate(node.condition)
    if (ts.isBinaryExpression(node)) {
      const { left, operatorToken, right } = node
      const swap = swaps.get(operatorToken.kind)
      const isText = [left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side))
      if (swap && !(isText && operatorToken.kind === ts.SyntaxKind.PlusToken))
        put(node, `${left.getText(file)} ${swap} ${right.getText(file)}`, `${short(node.getText(file))} → ${swap}`)
      if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) put(node, right.getText(file))
      if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken) put(operatorToken, '=')
    }
    if (ts.isNumericLiteral(node) && !ts.isPropertyAssignment(node.parent)) {
      const value = Number(node.text)
      put(node, String(value + 1))
      if (value > 0) put(node, String(value - 1))
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) put(node, 'false')
    if (node.kind === ts.SyntaxKind.FalseKeyword) put(node, 'true')
    if (ts.isPostfixUnaryExpression(node) || (ts.isPrefixUnaryExpression(node) && isStep(node.operator))) {
      const text = node.getText(file)
      put(node, text.includes('++') ? text.replace('++', '--') : text.replace('--', '++'))
    }
    if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent)) {
      const other = names.get(node.name.text)
      if (other) put(node.name, other)
    }
    if ((ts.isContinueStatement(node) || ts.isBreakStatement(node)) && !ts.isCaseClause(node.parent)) put(node, ';')
    ts.forEachChild(node, visit)
  }
  visit(file)
  const seen = new Map<string, number>()
  return found.map((mutant) => {
    const key = JSON.stringify([mutant.source, mutant.what])
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    return { ...mutant, nth }
  })
}

/** Returns whether two mutations of one file are the same, also where lines above them have changed. */
export const isSame = (a: Mutant, b: Mutant): boolean => a.source === b.source && a.what === b.what && a.nth === b.nth

/** A source with a mutation. */
export const mutated = (source: string, { start, end, text }: Pick<Mutant, 'start' | 'end' | 'text'>): string =>
  source.slice(0, start) + text + source.slice(end)

const isStep = (operator: ts.SyntaxKind) => operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken

/** Its operator is swapped already, or its parts are. */
const isComparison = (node: ts.Expression) => ts.isBinaryExpression(node) && swaps.has(node.operatorToken.kind)

/** Calls and assignments; a constructor's `super()` cannot go. */
function canGo(node: ts.Expression): boolean {
  const inner = ts.isAwaitExpression(node) || ts.isVoidExpression(node) ? node.expression : node
  if (ts.isCallExpression(inner)) return inner.expression.kind !== ts.SyntaxKind.SuperKeyword
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.EqualsToken
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}
