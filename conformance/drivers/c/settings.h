/* Settings of the process, which vestibule has and Windows has not. */

#ifndef DRIVER_SETTINGS_H
#define DRIVER_SETTINGS_H

#include "driver.h"

/* How many in-process sockets there may be. */
#define SOCKETS "in-process-sockets"

/* Changes a setting until it is restored. */
enum outcome setting_change(const char *name, unsigned value);
/* Gives a setting its old value back; NULL for all. */
void settings_restore(const char *name);

#endif
