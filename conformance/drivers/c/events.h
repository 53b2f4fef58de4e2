/* Event objects, registrations for network events, and notification ports. */

#ifndef DRIVER_EVENTS_H
#define DRIVER_EVENTS_H

#include "driver.h"

void events_start(void);
/* Closes all event objects and ports and forgets their names. */
void events_clear(void);

enum outcome event_create_perform(struct work *work);
enum outcome event_set_perform(struct work *work);
enum outcome event_reset_perform(struct work *work);
enum outcome event_close_perform(struct work *work);
enum outcome event_wait_perform(struct work *work);
enum outcome event_poll_perform(struct work *work);
enum outcome event_select_perform(struct work *work);
enum outcome enum_events_perform(struct work *work);
enum outcome port_create_perform(struct work *work);
enum outcome port_close_perform(struct work *work);
enum outcome async_select_perform(struct work *work);
enum outcome port_get_perform(struct work *work);

#endif
