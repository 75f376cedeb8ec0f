/**
 * Charts as SVG text and plain data, and the report: no DOM, no dependencies.
 *
 * @module
 */
export { contour, contourData, rank, type ContourData, type ContourOptions } from "./contour.ts";
export { edf, edfData, type EdfData, type EdfOptions } from "./edf.ts";
export { front, frontData, type FrontData, type FrontOptions } from "./front-plot.ts";
export { history, historyData, type HistoryData, type HistoryDatum, type HistoryOptions } from "./history.ts";
export { importance, importanceData, type ImportanceOptions } from "./importance-plot.ts";
export { intermediate, intermediateData, type IntermediateData, type IntermediateOptions } from "./intermediate.ts";
export { parallel, parallelData, type ParallelAxisData, type ParallelData, type ParallelOptions } from "./parallel.ts";
export { slice, sliceData, type SliceData, type SliceOptions } from "./slice.ts";
export { timeline, timelineData, type TimelineData, type TimelineOptions } from "./timeline.ts";
export { reportData, type ReportData, type ReportMetric, type ReportParameter } from "./report/data.ts";
export { reportPage, type ReportFacts, type ReportScript } from "./report/page.ts";
export type { PlotSource, PlotTrial } from "./source.ts";
export type { PlotOptions } from "./svg.ts";
