// c15t's backend as its own documents have it: "Self-hosting", its pages on Kysely and on Hono. `cargo xtask bench edge` starts
// it with `PORT`, `DATABASE_URL` and `API_KEY`, on an empty database.

import { c15tInstance } from "@c15t/backend";
import { kyselyAdapter } from "@c15t/backend/db/adapters/kysely";
import { migrator } from "@c15t/backend/db/migrator";
import { DB } from "@c15t/backend/db/schema";
import { serve } from "@hono/node-server";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";

const { PORT, DATABASE_URL, API_KEY } = process.env;

const db = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: DATABASE_URL }) }) });
const adapter = kyselyAdapter({ db, provider: "postgresql" });

// What its command-line tool does to migrate.
const migration = await migrator({ db: DB.client(adapter), schema: "latest" });
await migration.execute();

const c15t = c15tInstance({ adapter, trustedOrigins: ["https://host.bench.invalid"], apiKeys: [API_KEY] });
serve({ fetch: c15t.handler, hostname: "127.0.0.1", port: Number(PORT) });
