/** Vite turns stylesheets into files of the page. */
declare module '*.css';
