import { TicketsError } from '@tickets/core/command-line'

/**
 * Loads a package that only some commands need.
 *
 * @param needs what needs it, and `install` what to install for it
 * @throws `OPTION_INVALID` where it is not installed, with what to install
 */
export async function loadPackage<P>(name: string, load: () => Promise<P>, { needs = 'this', install = name } = {}): Promise<P> {
  try {
    return await load()
  } catch (error) {
    throw new TicketsError('OPTION_INVALID', `${needs} needs the package ${name}, which is not installed: npm i ${install}`, { cause: error })
  }
}
