/* Settings of the process, which vestibule has and Windows has not. */

#include "settings.h"

#ifdef AF_VESTIBULE

#include <string.h>
#include <vestibule.h>

static struct {
    const char *name;
    uint32_t number;
    uint32_t before;
    int changed;
} settings[] = {
    {"backlog-ceiling", VESTIBULE_BACKLOG_CEILING, 0, 0},
    {"caller-check", VESTIBULE_CALLER_CHECK, 0, 0},
    {"connect-data-limit", VESTIBULE_CONNECT_DATA_LIMIT, 0, 0},
    {"disconnect-data-limit", VESTIBULE_DISCONNECT_DATA_LIMIT, 0, 0},
    {SOCKETS, VESTIBULE_MAX_IN_PROCESS_SOCKETS, 0, 0},
};

#define SETTINGS (sizeof settings / sizeof *settings)

enum outcome setting_change(const char *name, unsigned value) {
    size_t index = 0;
    while (index < SETTINGS && strcmp(settings[index].name, name) != 0)
        index++;
    if (index == SETTINGS)
        return NONSENSE;
    if (!settings[index].changed &&
        vestibule_setting(settings[index].number, &settings[index].before) != 0)
        return FAIL;
    settings[index].changed = 1;
    return ended(vestibule_configure(settings[index].number, value));
}

void settings_restore(const char *name) {
    size_t index;
    for (index = 0; index < SETTINGS; index++)
        if (settings[index].changed && (name == NULL || strcmp(settings[index].name, name) == 0)) {
            vestibule_configure(settings[index].number, settings[index].before);
            settings[index].changed = 0;
        }
}

#else

enum outcome setting_change(const char *name, unsigned value) {
    (void)name, (void)value;
    return UNSUPPORTED;
}

void settings_restore(const char *name) {
    (void)name;
}

#endif
