/** The field table of every message of our schemas: for JSON forms, tests and tools. */
export { enums, schema, type Field } from "../gen/schema.js";
