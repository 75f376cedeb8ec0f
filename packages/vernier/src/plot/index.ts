/** Charts as SVG text and plain data, and the report: no DOM, no dependencies. */
export {};
