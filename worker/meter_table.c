#include "worker/meter.h"

extern const struct meter_type meter_powercap, meter_model;

const struct meter_type *const meter_types[] = {&meter_powercap, &meter_model, NULL};
