// lib-dynamodb's pagination, which would bring Scan along: nobody pages with it, and whoever imports it ends the build.
export {};
