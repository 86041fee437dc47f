#pragma once
// Doing the work in a child of the process that was started. A thread that hangs in the kernel (a FUSE file,
// a driver) keeps its process from ending, even when it is killed, and whoever waits for it: so nobody does.

namespace eidos::cli {

class Apart {
 public:
  Apart() = default;
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;

  /// Returns in the child, and everything goes on there. The process that was started stays behind: it hands
  /// on the signals it gets, and ends with the child's exit code as soon as end() has told it, or as the
  /// child ended. To be called while there is one thread only. Where there can be no child, nothing happens.
  void begin();

  /// Ends the process with this code, the one that was started included.
  [[noreturn]] void end(int code);

 private:
  int told_ = -1;  // the child's end of a pipe
};

}  // namespace eidos::cli
