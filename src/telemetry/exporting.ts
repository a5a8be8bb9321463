// Spans and metrics of runs on their way to a collector by OTLP over HTTP; where to and with which headers is OpenTelemetry's own environment.
import { VERSION } from "../io/index.ts";
import type { Telemetry } from "./index.ts";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  defaultResource,
  detectResources,
  envDetector,
  MeterProvider,
  OTLPMetricExporter,
  OTLPTraceExporter,
  PeriodicExportingMetricReader,
  resourceFromAttributes,
} from "./libraries.ts";
import { runMetrics } from "./run-metrics.ts";
import { RunSpans } from "./run-spans.ts";

/** How long the end of the program waits for a collector, in milliseconds. */
const LAST_WORDS_MS = 5_000;

export function startExporting(): Telemetry {
  const own = resourceFromAttributes({ "service.name": "massgen", "service.version": VERSION });
  // What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say comes last: it wins.
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: LAST_WORDS_MS }));
  const tracers = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ timeoutMillis: LAST_WORDS_MS }) });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const spans = new RunSpans(tracers.getTracer("massgen", VERSION));
  const measure = runMetrics(meters.getMeter("massgen", VERSION));
  let last = 0;
  return {
    follow: (entry) => {
      last = entry.at;
      spans.follow(entry);
      measure(entry);
    },
    close: async () => {
      spans.close(last);
      // A collector that is away costs its spans, never the run.
      await Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
    },
  };
}
