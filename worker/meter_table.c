#include "worker/meter.h"

extern const struct meter_type meter_command, meter_cray, meter_nvml, meter_powercap,
    meter_perf, meter_hwmon, meter_battery, meter_model, meter_reported;

const struct meter_type *const meter_types[] = {
    &meter_command, &meter_cray,    &meter_nvml,  &meter_powercap, &meter_perf,
    &meter_hwmon,   &meter_battery, &meter_model, &meter_reported, NULL};
