#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace eidos {

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace eidos
