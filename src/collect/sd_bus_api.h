#pragma once
// Private to this room: libsystemd's sd-bus, opened when it is needed. Only hosts that run systemd have the
// library, so the program does not need it to start.

#include <systemd/sd-bus.h>

#include "base/error.h"

namespace eidos::collect {

/// Each member is the function of its name: sd_bus_new, ….
struct SdBusApi {
  decltype(&::sd_bus_new) create;
  decltype(&::sd_bus_unref) unref;
  decltype(&::sd_bus_close) close;
  decltype(&::sd_bus_set_fd) set_fd;
  decltype(&::sd_bus_set_bus_client) set_bus_client;
  decltype(&::sd_bus_negotiate_fds) negotiate_fds;
  decltype(&::sd_bus_start) start;
  decltype(&::sd_bus_get_fd) get_fd;
  decltype(&::sd_bus_get_events) get_events;
  decltype(&::sd_bus_process) process;
  decltype(&::sd_bus_call_async) call_async;
  decltype(&::sd_bus_add_match_async) add_match_async;
  decltype(&::sd_bus_slot_unref) slot_unref;
  decltype(&::sd_bus_message_new_method_call) new_method_call;
  decltype(&::sd_bus_message_append_basic) append_basic;
  decltype(&::sd_bus_message_ref) message_ref;
  decltype(&::sd_bus_message_unref) message_unref;
  decltype(&::sd_bus_message_get_error) get_error;
  decltype(&::sd_bus_message_get_path) get_path;
  decltype(&::sd_bus_message_peek_type) peek_type;
  decltype(&::sd_bus_message_read_basic) read_basic;
  decltype(&::sd_bus_message_read_array) read_array;
  decltype(&::sd_bus_message_enter_container) enter_container;
  decltype(&::sd_bus_message_exit_container) exit_container;
};

constexpr const char* kSdBusLibrary = "libsystemd.so.0";

/// Opens `library` and never closes it: a thread that hangs may still be inside. NotFound: it is not
/// installed, or too old to have all of these.
Result<SdBusApi> load_sd_bus(const char* library);

}  // namespace eidos::collect
