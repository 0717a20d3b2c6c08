// Text and vector search: of the documents that have the field, as a deployment's indexes do.
//
// convex-test looks at every document of a table, and fails at the first whose field is missing or of
// another type: one that is to be embedded later, say.

/** Let a component's database pass over what its search indexes do not hold. */
export function passOverUnindexed(database) {
  const { startQuery, paginate, vectorSearch, _iterateDocs: iterate } = database;
  /** Do `work`, which sees no other documents than those that `choose` makes of them. */
  const among = (choose, work) => {
    database._iterateDocs = (table, callback) =>
      iterate.call(database, table, (document) => {
        const chosen = choose(document);
        if (chosen) callback(chosen);
      });
    try {
      return work();
    } finally {
      database._iterateDocs = iterate;
    }
  };
  database.startQuery = (query) => among(withTexts(query), () => startQuery.call(database, query));
  database.paginate = (options) => among(withTexts(options.query), () => paginate.call(database, options));
  database.vectorSearch = (index, ...rest) =>
    among(withVector(database, index), () => vectorSearch.call(database, index, ...rest));
}

function withTexts({ source }) {
  const filters = source.type === "Search" ? source.filters : [];
  const fields = filters.filter(({ type }) => type === "Search").map(({ fieldPath }) => fieldPath);
  return (document) => fields.every((path) => typeof fieldOf(document, path) === "string") && document;
}

/** The vector stands at the top as well: convex-test does not look for it in objects. */
function withVector({ _schema: schema }, index) {
  const [table, name] = index.split(".");
  const indexes = schema?.tables.get(table)?.vectorIndexes ?? [];
  const field = indexes.find(({ indexDescriptor }) => indexDescriptor === name)?.vectorField;
  if (field === undefined) return (document) => document;
  return (document) => {
    const vector = fieldOf(document, field);
    return Array.isArray(vector) && { ...document, [field]: vector };
  };
}

function fieldOf(document, path) {
  return path.split(".").reduce((value, name) => value?.[name], document);
}
