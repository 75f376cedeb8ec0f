import { choice, ordinal, space } from "vernier";
import type { Table } from "./table.ts";

/** Parameters of the tables whose values have no order; all others are ordered grids. */
const UNORDERED = /^(activation_fn_[12]|lr_schedule|Op[0-5])$/;

/** The table's search space: ordered grids as `ordinal`, the rest as `choice`. */
export function tableSpace(table: Table) {
  return space(
    Object.fromEntries(
      table.parameters.map(({ name, values }) => [name, UNORDERED.test(name) ? choice(values) : ordinal(values)]),
    ),
  );
}
