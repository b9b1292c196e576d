/** The domain (docs/design.md, Words and Data) as JSON schemas; types.ts derives the types from them. */
export * from './schema/http.ts';
export * from './schema/objects.ts';
export * from './schema/rows.ts';
export * from './schema/steps.ts';
export * from './schema/values.ts';
