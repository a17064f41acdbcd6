import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineAsyncComponent } from 'vue'
import Hero from './Hero.vue'
import Mermaid from './Mermaid.vue'
import './playground.css'
import './style.css'

/** VitePress's own theme, with the start page's hero and diagrams. */
const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Hero', Hero)
    app.component('Mermaid', Mermaid)
    // It brings an editor: only its own page loads it.
    app.component(
      'Playground',
      defineAsyncComponent(() => import('./Playground.vue')),
    )
  },
}

export default theme
