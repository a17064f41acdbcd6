import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { anchorOf } from '../../test/repo/pages.ts'
import { sideBar } from '../navigation.ts'
import { searchTerms, weightOf } from '../search.ts'

const pages = join(import.meta.dirname, '../.pages')
/** Written by `build.ts` beside the pages: their titles, and the entries of the API. */
const { titles, entries } = JSON.parse(readFileSync(join(pages, 'site.json'), 'utf8')) as { titles: [string, string][]; entries: string[] }

export default defineConfig({
  title: 'tickets',
  description: 'Exactly-once streams from Kafka and files to Parquet, Arrow, JSON, CSV and SQL tables, in a few lines of RxJS',
  lang: 'en',
  srcDir: '.pages',
  srcExclude: ['public/**'],
  outDir: 'dist',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: '/logo.svg', type: 'image/svg+xml' }]],
  markdown: {
    // The default themes have colours with too little contrast.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    anchor: { slugify: anchorOf },
    config: (md) => {
      const fence = md.renderer.rules.fence
      md.renderer.rules.fence = (tokens, i, options, env, self) => {
        const token = tokens[i]
        if (token?.info.trim() === 'mermaid') return `<Mermaid id="diagram-${i}" code="${encodeURIComponent(token.content)}" />`
        // Shiki has no grammar for it.
        if (token?.info === 'promql') token.info = 'text'
        return fence?.(tokens, i, options, env, self) ?? ''
      }
    },
  },
  locales: {
    root: { label: 'English', lang: 'en' },
    fr: { label: 'Français', lang: 'fr', link: '/fr/start' },
  },
  themeConfig: {
    // One page of the other language is there, not each.
    i18nRouting: false,
    logo: { src: '/logo.svg', alt: '' },
    nav: [
      { text: 'Docs', link: '/start', activeMatch: '^/(start|guides|operations)' },
      { text: 'Playground', link: '/playground' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Performance', link: '/performance' },
    ],
    sidebar: {
      // All exports in the side bar of each would be most of the site.
      '/api/': [{ text: 'API', link: '/api/', items: entries.map((text) => ({ text, link: `/api/${text}/` })) }],
      '/': sideBar(new Map(titles)),
    },
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        // With an own label the button would be called otherwise than it reads.
        translations: { button: { buttonAriaLabel: '' } },
        _render: (text, env, md) => {
          // What is searched needs no colours, which take most of the time.
          md.options.highlight = null
          return `${md.render(text, env)}${searchTerms(env.relativePath)}`
        },
        miniSearch: { searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, titles: 2, text: 1 }, boostDocument: weightOf } },
      },
    },
    footer: { message: 'Released under the MIT License.' },
  },
})
