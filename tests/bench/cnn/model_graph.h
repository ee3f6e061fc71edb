/* model_graph.h - the graph of a network that is timed. Threading: no state. */
#ifndef TESTS_BENCH_CNN_MODEL_GRAPH_H
#define TESTS_BENCH_CNN_MODEL_GRAPH_H

#include "cnn/model.h"
#include "tests/bench/cnn/workload.h"

#define MODEL_GRAPH_CLASSES 10

/* The graph, which is the caller's to graph_free() also after an error, and the settings, which
 * are the defaults but for what the setup says. Errors: ST_NOTFOUND for an unknown model; those
 * of precision_check() and model_build(). */
enum status model_graph_build(struct graph *graph, struct train_settings *settings,
                              const struct workload_setup *setup, struct error *err);

#endif
