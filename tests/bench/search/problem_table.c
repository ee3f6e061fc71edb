/* The problems that there are: a new one is one row. */
#include "tests/bench/search/problem.h"

#include <math.h>
#include <string.h>

#define REAL(name, low, high)                                                                  \
    "\"" name "\": {\"type\": \"real\", \"low\": " #low ", \"high\": " #high "}"
#define LOG(name, low, high)                                                                   \
    "\"" name "\": {\"type\": \"real\", \"scale\": \"log\", \"low\": " #low                    \
    ", \"high\": " #high "}"
#define WHOLE(name, low, high)                                                                 \
    "\"" name "\": {\"type\": \"integer\", \"low\": " #low ", \"high\": " #high "}"

static const char branin_space[] = "{" REAL("x1", -5, 10) "," REAL("x2", 0, 15) "}";

static const char tuning_space[] =
    "{\"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", \"rms\", "
    "\"lion\"]}," LOG("lr", 1e-5, 1) "," LOG(
        "decay", 1e-6,
        0.01) ","
              "\"batch\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256]}," WHOLE(
                  "depth", 1, 12) "}";

static const char branches_space[] =
    "{\"kind\": {\"type\": \"categorical\", \"values\": [\"a\", \"b\"]},"
    "\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\": \"a\"}},"
    "\"w\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\": \"a\"}},"
    "\"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\": \"b\"}},"
    "\"k\": {\"type\": \"integer\", \"low\": 1, \"high\": 9, \"when\": {\"kind\": \"b\"}}}";

static const char levels_space[] = "{\"a\": {\"type\": \"categorical\", \"values\": [\"p\", "
                                   "\"q\", \"r\", \"s\", \"t\"]}," WHOLE("b", 0, 4) "," WHOLE(
                                       "c", 0, 4) "," WHOLE("d", 0, 4) "," WHOLE("e", 0, 4) "}";

static const char wells_space[] =
    "{\"a\": {\"type\": \"categorical\", \"values\": [\"u\", \"v\", \"w\", \"x\", \"y\", "
    "\"z\"]},"
    "\"b\": {\"type\": \"categorical\", \"values\": [\"p\", \"q\", \"r\", \"s\", \"t\"]}," REAL(
        "x", 0, 1) "," REAL("y", 0, 1) "}";

static const char pipeline_space[] =
    "{\"model\": {\"type\": \"categorical\", \"values\": [\"svm\", \"forest\", \"net\"]},"
    "\"scale\": {\"type\": \"categorical\", \"values\": [false, true]},"
    "\"c\": {\"type\": \"real\", \"low\": 0.01, \"high\": 1000, \"scale\": \"log\","
    " \"when\": {\"model\": \"svm\"}},"
    "\"gamma\": {\"type\": \"real\", \"low\": 0.0001, \"high\": 10, \"scale\": \"log\","
    " \"when\": {\"model\": \"svm\"}},"
    "\"trees\": {\"type\": \"integer\", \"low\": 10, \"high\": 500, \"when\": {\"model\":"
    " \"forest\"}},"
    "\"depth\": {\"type\": \"integer\", \"low\": 2, \"high\": 20, \"when\": {\"model\":"
    " \"forest\"}},"
    "\"lr\": {\"type\": \"real\", \"low\": 0.00001, \"high\": 1, \"scale\": \"log\","
    " \"when\": {\"model\": \"net\"}},"
    "\"layers\": {\"type\": \"integer\", \"low\": 1, \"high\": 4, \"when\": {\"model\": "
    "\"net\"}},"
    "\"units2\": {\"type\": \"integer\", \"low\": 4, \"high\": 512, \"scale\": \"log\","
    " \"when\": {\"layers\": [2, 3, 4]}}}";

static const char cnn_space[] =
    "{\"lr\": {\"type\": \"ordinal\", \"values\":"
    " [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]},"
    "\"batch\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256, 512]},"
    "\"width\": {\"type\": \"ordinal\", \"values\": [8, 16, 32, 64]}," WHOLE(
        "depth", 1,
        5) ","
           "\"optimizer\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", "
           "\"rms\"]},"
           "\"dropout\": {\"type\": \"ordinal\", \"values\": [0, 0.1, 0.2, 0.3, 0.5]}}";

static const char mlp_space[] =
    "{\"lr\": {\"type\": \"ordinal\", \"values\":"
    " [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]},"
    "\"batch\": {\"type\": \"ordinal\", \"values\": [32, 64, 128, 256, 512]},"
    "\"units\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256, 512, 1024]}," WHOLE(
        "layers", 1,
        4) ","
           "\"decay\": {\"type\": \"ordinal\", \"values\": [0.000001, 0.00001, 0.0001, 0.001, "
           "0.01]},"
           "\"activation\": {\"type\": \"categorical\", \"values\": [\"relu\", \"tanh\"]}}";

static const char curves_space[] =
    "{\"lr\": {\"type\": \"ordinal\", \"values\": [0.0001, 0.0002, 0.0005, 0.001, 0.002,"
    " 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]},"
    "\"decay\": {\"type\": \"ordinal\", \"values\": [0.000001, 0.00001, 0.0001, 0.001, 0.01]},"
    "\"width\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256]}," WHOLE("epochs", 1,
                                                                                    27) "}";

static const char cnn_epochs_space[] =
    "{\"lr\": {\"type\": \"ordinal\", \"values\":"
    " [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]},"
    "\"batch\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256, 512]},"
    "\"width\": {\"type\": \"ordinal\", \"values\": [8, 16, 32, 64]}," WHOLE(
        "depth", 1, 5) ","
                       "\"optimizer\": {\"type\": \"categorical\", \"values\": [\"sgd\", "
                       "\"adam\", \"rms\"]}," WHOLE("epochs", 1, 16) "}";

static const char boost_space[] =
    "{\"booster\": {\"type\": \"categorical\", \"values\": [\"tree\", \"dart\", \"linear\"]},"
    "\"depth\": {\"type\": \"integer\", \"low\": 2, \"high\": 10, \"when\": {\"booster\":"
    " [\"tree\", \"dart\"]}},"
    "\"rate\": {\"type\": \"ordinal\", \"values\":"
    " [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1],"
    " \"when\": {\"booster\": [\"tree\", \"dart\"]}},"
    "\"drop\": {\"type\": \"ordinal\", \"values\": [0.05, 0.1, 0.2, 0.4],"
    " \"when\": {\"booster\": \"dart\"}},"
    "\"l2\": {\"type\": \"ordinal\", \"values\": [0.01, 0.1, 1, 10, 100]},"
    "\"rounds\": {\"type\": \"ordinal\", \"values\": [50, 100, 200, 400, 800]}}";

static const char integers_space[] =
    "{" WHOLE("a", 1, 20) "," WHOLE("b", 1, 20) "," WHOLE("c", 1, 20) "," WHOLE(
        "d", 1, 20) "," WHOLE("e", 1, 20) "," WHOLE("f", 1, 20) "," WHOLE("g", 1,
                                                                          20) "," WHOLE("h", 1,
                                                                                        20) "}";

static const char switches_space[] =
    "{" WHOLE("a", 0, 1) "," WHOLE("b", 0, 1) "," WHOLE("c", 0, 1) "," WHOLE("d", 0, 1) "," WHOLE("e", 0, 1) "," WHOLE(
        "f", 0,
        1) "," WHOLE("g", 0,
                     1) "," WHOLE("h", 0,
                                  1) "," WHOLE("i", 0,
                                               1) "," WHOLE("j", 0,
                                                            1) "," WHOLE("k", 0,
                                                                         1) "," WHOLE("l", 0,
                                                                                      1) ","
                                                                                         "\"m\""
                                                                                         ": "
                                                                                         "{\"ty"
                                                                                         "pe\":"
                                                                                         " \"ca"
                                                                                         "tegor"
                                                                                         "ical"
                                                                                         "\", "
                                                                                         "\"val"
                                                                                         "ues\""
                                                                                         ": "
                                                                                         "[\"p"
                                                                                         "\", "
                                                                                         "\"q\""
                                                                                         ", "
                                                                                         "\"r\""
                                                                                         ", "
                                                                                         "\"s\""
                                                                                         "]},"
                                                                                         "\"n\""
                                                                                         ": "
                                                                                         "{\"ty"
                                                                                         "pe\":"
                                                                                         " \"ca"
                                                                                         "tegor"
                                                                                         "ical"
                                                                                         "\", "
                                                                                         "\"val"
                                                                                         "ues\""
                                                                                         ": "
                                                                                         "[\"p"
                                                                                         "\", "
                                                                                         "\"q\""
                                                                                         ", "
                                                                                         "\"r\""
                                                                                         ", "
                                                                                         "\"s\""
                                                                                         "]},"
                                                                                         "\"o\""
                                                                                         ": "
                                                                                         "{\"ty"
                                                                                         "pe\":"
                                                                                         " \"ca"
                                                                                         "tegor"
                                                                                         "ical"
                                                                                         "\", "
                                                                                         "\"val"
                                                                                         "ues\""
                                                                                         ": "
                                                                                         "[\"p"
                                                                                         "\", "
                                                                                         "\"q\""
                                                                                         ", "
                                                                                         "\"r\""
                                                                                         ", "
                                                                                         "\"s\""
                                                                                         "]}}";

#define REALS(kind_, dims_, low_, high_)                                                       \
    .kind = kind_, .dims = dims_, .low = low_, .high = high_
#define WITH_SPACE(kind_, space_, evaluate_)                                                   \
    .kind = kind_, .space = space_, .evaluate = evaluate_
#define ZDT(name_) REALS(KIND_FRONT, 6, 0, 1), .function = #name_, .front = front_##name_

const struct bench_problem bench_problems[] = {
    {"branin", KIND_SMOOTH, .space = branin_space, .function = "branin"},
    {"hartmann3", REALS(KIND_SMOOTH, 3, 0, 1), .function = "hartmann3"},
    {"hartmann6", REALS(KIND_SMOOTH, 6, 0, 1), .function = "hartmann6"},
    {"sphere10", REALS(KIND_SMOOTH, 10, -5.12, 4.096), .function = "sphere"},
    {"ackley5", REALS(KIND_MULTIMODAL, 5, -32.768, 16.384), .function = "ackley"},
    {"rastrigin3", REALS(KIND_MULTIMODAL, 3, -5.12, 4.096), .function = "rastrigin"},
    {"levy4", REALS(KIND_MULTIMODAL, 4, -10, 10), .function = "levy"},
    {"shekel4", REALS(KIND_MULTIMODAL, 4, 0, 10), .evaluate = problem_shekel,
     .minimum = -10.536409816692046},
    {"rosenbrock4", REALS(KIND_ILL_CONDITIONED, 4, -5, 10), .function = "rosenbrock"},
    {"ellipsoid6", REALS(KIND_ILL_CONDITIONED, 6, -5, 4), .evaluate = problem_ellipsoid},
    {"tuning", WITH_SPACE(KIND_MIXED, tuning_space, problem_tuning)},
    {"levels", WITH_SPACE(KIND_MIXED, levels_space, problem_levels)},
    {"wells", WITH_SPACE(KIND_MIXED, wells_space, problem_wells)},
    {"branches", WITH_SPACE(KIND_CONDITIONAL, branches_space, problem_branches)},
    {"pipeline", WITH_SPACE(KIND_CONDITIONAL, pipeline_space, problem_pipeline)},
    {"noisy6", REALS(KIND_NOISY, 6, 0, 1), .function = "hartmann6", .noise = 0.1},
    {"noisy_tuning", WITH_SPACE(KIND_NOISY, tuning_space, problem_tuning), .noise = 0.05},
    {"cnn", WITH_SPACE(KIND_TABLE, cnn_space, problem_cnn), .minimum = NAN,
     .energy_j = problem_cnn_energy_j},
    {"mlp", WITH_SPACE(KIND_TABLE, mlp_space, problem_mlp), .minimum = NAN,
     .energy_j = problem_mlp_energy_j},
    {"boost", WITH_SPACE(KIND_TABLE, boost_space, problem_boost), .minimum = NAN,
     .energy_j = problem_boost_energy_j},
    {"curves", WITH_SPACE(KIND_EPOCHS, curves_space, problem_curves), .minimum = NAN,
     .energy_j = problem_curves_energy_j},
    {"cnn_epochs", WITH_SPACE(KIND_EPOCHS, cnn_epochs_space, problem_cnn_epochs),
     .minimum = NAN, .energy_j = problem_cnn_epochs_energy_j},
    {"zdt1", ZDT(zdt1), .reference = {1, 10}},
    {"zdt2", ZDT(zdt2), .reference = {1, 10}},
    {"zdt3", ZDT(zdt3), .reference = {1, 10}},
    {"vlmop2", REALS(KIND_FRONT, 4, -2, 2), .evaluate = problem_vlmop2, .front = front_vlmop2,
     .reference = {1, 1}},
    {"dtlz2", REALS(KIND_FRONT, 6, 0, 1), .evaluate = problem_dtlz2, .front = front_dtlz2,
     .reference = {2, 2}},
    {"cnn_energy", WITH_SPACE(KIND_FRONT, cnn_space, problem_cnn_front),
     .energy_j = problem_cnn_energy_j, .reference = {0.5, 4}},
    {"reals20", REALS(KIND_SPACE, 20, 0, 1), .evaluate = problem_distance},
    {"integers8", WITH_SPACE(KIND_SPACE, integers_space, problem_distance)},
    {"switches15", WITH_SPACE(KIND_SPACE, switches_space, problem_distance)},
};
const size_t bench_n_problems = sizeof bench_problems / sizeof bench_problems[0];

const struct bench_problem *bench_problem_find(const char *name)
{
    for (size_t i = 0; i < bench_n_problems; i++)
        if (strcmp(bench_problems[i].name, name) == 0)
            return &bench_problems[i];
    return NULL;
}

const char *problem_kind_text(enum problem_kind kind)
{
    static const char *const texts[] = {
#define PROBLEM_KIND_TEXT(name, text) text,
        PROBLEM_KIND_LIST(PROBLEM_KIND_TEXT)
#undef PROBLEM_KIND_TEXT
    };
    return texts[kind];
}
