#include "worker/meter.h"

extern const struct meter_type meter_cray, meter_powercap, meter_hwmon, meter_battery,
    meter_model;

const struct meter_type *const meter_types[] = {&meter_cray,    &meter_powercap, &meter_hwmon,
                                                &meter_battery, &meter_model,    NULL};
