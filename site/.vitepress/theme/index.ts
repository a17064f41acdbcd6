import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import Hero from './Hero.vue'
import Mermaid from './Mermaid.vue'
import './style.css'

/** VitePress's own theme, with the start page's hero and diagrams. */
const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Hero', Hero)
    app.component('Mermaid', Mermaid)
  },
}

export default theme
