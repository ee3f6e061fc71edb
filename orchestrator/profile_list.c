/* What is known of a network without running it. */
#include "cnn/model_summary.h"
#include "orchestrator/profile_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *type;
    const struct shape *output; /* NULL: of several layers */
    int64_t layer, layers;
    struct model_summary sum;
};

static void add(struct line *line, const struct model_summary *summary)
{
    line->layers++;
    line->sum.params += summary->params;
    line->sum.flops += summary->flops;
    line->sum.bytes += summary->bytes;
    line->sum.output_bytes += summary->output_bytes;
}

static struct line *line_for(struct line *lines, size_t *n, const struct graph *graph,
                             size_t layer, bool by_type)
{
    const struct layer_spec *spec = &graph->layers[layer];
    const char *type = profile_layer_name(spec, &graph->shapes[spec->inputs[0]]);
    for (size_t i = 0; by_type && i < *n; i++)
        if (strcmp(lines[i].type, type) == 0)
            return &lines[i];
    lines[*n] = (struct line){.type = type,
                              .output = by_type ? NULL : &graph->shapes[layer + 1],
                              .layer = by_type ? -1 : (int64_t)layer};
    return &lines[(*n)++];
}

static void add_columns(struct table *table, bool by_type)
{
    table_add_column(table, "layer", by_type ? NULL : "layer", COLUMN_INTEGER);
    table_add_column(table, "type", "type", COLUMN_TEXT);
    table_add_column(table, "layers", by_type ? "layers" : NULL, COLUMN_INTEGER);
    table_add_column(table, "output", by_type ? NULL : "output", COLUMN_TEXT);
    table_add_column(table, "params", "params", COLUMN_INTEGER);
    table_add_column(table, "bytes", "bytes", COLUMN_INTEGER);
    table_add_column(table, "flops", "work", COLUMN_OPERATIONS);
    table_add_column(table, "output_bytes", "output bytes", COLUMN_INTEGER);
}

static void put_line(struct table *table, const struct line *line)
{
    struct strbuf sizes = STRBUF_INIT;
    if (line->output)
        profile_append_sizes(&sizes, line->output);
    table_begin_row(table);
    table_put_count(table, line->layer);
    table_put_text(table, line->type);
    table_put_integer(table, line->layers);
    table_put_text(table, line->output ? strbuf_text(&sizes) : NULL);
    table_put_count(table, line->sum.params > 0 ? line->sum.params : -1);
    table_put_count(table, line->sum.bytes > 0 ? line->sum.bytes : -1);
    table_put_number(table, line->sum.flops > 0 ? (double)line->sum.flops : (double)NAN);
    table_put_integer(table, line->sum.output_bytes);
    strbuf_free(&sizes);
}

enum status profile_list_table(struct table **out, const struct graph *graph, const char *title,
                               bool by_type, struct error *err)
{
    struct line *lines = calloc(graph->n_layers, sizeof *lines);
    if (!lines || table_create(out, title)) {
        free(lines);
        return error_set(err, ST_NOMEM, "out of memory for the layers of a network");
    }
    size_t n = 0;
    struct line all = {.type = "all layers", .layer = -1};
    for (size_t i = 0; i < graph->n_layers; i++) {
        struct model_summary summary = model_summary_layer(graph, i);
        add(line_for(lines, &n, graph, i, by_type), &summary);
        add(&all, &summary);
    }
    add_columns(*out, by_type);
    for (size_t i = 0; i < n; i++)
        put_line(*out, &lines[i]);
    put_line(*out, &all);
    table_add_note(*out,
                   "Of one image, in float32: a multiply-add counts as two operations, of "
                   "convolutions and linear layers; bytes are those of parameters and "
                   "running statistics.");
    free(lines);
    return ST_OK;
}
