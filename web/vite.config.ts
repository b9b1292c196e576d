import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `vite` (the development server) finds the API: a local stack, `make start`. */
const stack = process.env.STACK_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The content security policy allows no data: scripts and few data: images, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': stack, '/local': stack, '/config.json': stack },
  },
});
