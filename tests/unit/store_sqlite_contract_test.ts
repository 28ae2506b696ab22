import { openSqliteStore } from "../support/sqlite_store.ts";
import { storeSuite } from "../support/store_suite.ts";

storeSuite({ name: "sqlite", open: (options) => Promise.resolve(openSqliteStore(options)) });
