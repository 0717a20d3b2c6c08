"""TypeScript text as a tree. The only package that imports the parser."""
