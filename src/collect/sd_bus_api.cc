#include "collect/sd_bus_api.h"

#include <dlfcn.h>

#include "base/text.h"

namespace eidos::collect {

namespace {

// A member and the symbol it stands for.
class Symbols {
 public:
  Symbols(void* library, const char* name) : library_(library), name_(name) {}

  template <class Function>
  void operator()(Function& member, const char* symbol) {
    member = reinterpret_cast<Function>(::dlsym(library_, symbol));
    if (member == nullptr && missing_.empty()) missing_ = symbol;
  }

  Result<void> whole() const {
    if (missing_.empty()) return {};
    return fail(ErrorKind::NotFound, cat(name_, " is too old to ask systemd with: it has no ", missing_));
  }

 private:
  void* library_;
  const char* name_;
  std::string missing_;
};

std::string why_not_opened() {
  const char* why = ::dlerror();
  return why == nullptr ? "" : why;
}

}  // namespace

Result<SdBusApi> load_sd_bus(const char* library) {
  void* handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return fail(ErrorKind::NotFound,
                cat("no libsystemd here to ask systemd with: ", quote(why_not_opened(), 200)), {},
                "install libsystemd0 (systemd-libs)");
  SdBusApi api{};
  Symbols bind(handle, library);
  bind(api.create, "sd_bus_new");
  bind(api.unref, "sd_bus_unref");
  bind(api.close, "sd_bus_close");
  bind(api.set_fd, "sd_bus_set_fd");
  bind(api.set_bus_client, "sd_bus_set_bus_client");
  bind(api.negotiate_fds, "sd_bus_negotiate_fds");
  bind(api.start, "sd_bus_start");
  bind(api.get_fd, "sd_bus_get_fd");
  bind(api.get_events, "sd_bus_get_events");
  bind(api.process, "sd_bus_process");
  bind(api.call_async, "sd_bus_call_async");
  bind(api.add_match_async, "sd_bus_add_match_async");
  bind(api.slot_unref, "sd_bus_slot_unref");
  bind(api.new_method_call, "sd_bus_message_new_method_call");
  bind(api.append_basic, "sd_bus_message_append_basic");
  bind(api.message_ref, "sd_bus_message_ref");
  bind(api.message_unref, "sd_bus_message_unref");
  bind(api.get_error, "sd_bus_message_get_error");
  bind(api.get_path, "sd_bus_message_get_path");
  bind(api.peek_type, "sd_bus_message_peek_type");
  bind(api.read_basic, "sd_bus_message_read_basic");
  bind(api.read_array, "sd_bus_message_read_array");
  bind(api.enter_container, "sd_bus_message_enter_container");
  bind(api.exit_container, "sd_bus_message_exit_container");
  EIDOS_CHECK(bind.whole());
  return api;
}

}  // namespace eidos::collect
