/** Names of the file formats of studies, for help and completion: the formats themselves are loaded when one is used. A test compares both. */
export const FORMAT_NAMES: readonly string[] = ["jsonl", "json", "csv", "parquet", "optuna-journal", "optuna-sqlite"];
