#include "collect/crew.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/text.h"

namespace eidos::collect {

namespace {

// Where threads leave their results; shared, because a thread may come back after everyone has gone.
struct Board {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<std::optional<Done>> results;
};

// The thread's boundary: nothing may be thrown past it.
Result<Collection> perform(const Work& work, const Limit& limit) {
  try {
    return work.run(limit);
  } catch (const std::exception& thrown) {
    return fail(ErrorKind::Internal, cat(work.name, ": ", thrown.what()));
  }
}

struct Running {
  std::thread thread;
  SteadyTime give_up;
};

class Crew {
 public:
  Crew(std::vector<Work> work, const CrewOptions& options, const Clock& clock)
      : work_(std::move(work)),
        options_(options),
        clock_(clock),
        board_(std::make_shared<Board>()),
        forward_(options.limit.stop(), [this] { stop_.request_stop(); }) {
    board_->results.resize(work_.size());
    running_.resize(work_.size());
  }

  Result<std::vector<Done>> run() {
    std::unique_lock lock(board_->mutex);
    while (!finished()) {
      start_more();
      wait(lock);
      look(lock);
    }
    if (first_error_) return std::unexpected(*std::move(first_error_));
    if (options_.limit.stop().stop_requested()) return fail(ErrorKind::Cancelled, "collecting: cancelled");
    std::vector<Done> all;
    for (auto& result : board_->results) all.push_back(*std::move(result));
    return all;
  }

 private:
  bool finished() const { return next_ == work_.size() && active_ == 0; }

  void start_more() {
    while (next_ < work_.size() && active_ < std::max(options_.parallel, 1)) {
      std::size_t index = next_++;
      if (auto go = Limit(stop_.get_token(), options_.limit.deadline()).check(work_[index].name); !go) {
        put(index, {std::unexpected(std::move(go).error()), {}});
        continue;
      }
      start(index);
    }
  }

  void start(std::size_t index) {
    Limit limit = Limit(stop_.get_token(), options_.limit.deadline())
                      .within(work_[index].deadline.value_or(options_.deadline));
    Running& running = running_[index];
    running.give_up = *limit.deadline() + options_.grace;
    auto thread = [board = board_, index, limit, work = work_[index], &clock = clock_] {
      SteadyTime start = clock.steady();
      Result<Collection> result = perform(work, limit);
      Milliseconds took = std::chrono::duration_cast<Milliseconds>(clock.steady() - start);
      std::lock_guard lock(board->mutex);
      if (!board->results[index]) board->results[index] = Done{std::move(result), took, start};
      board->changed.notify_all();
    };
    try {
      running.thread = std::thread(std::move(thread));
      ++active_;
    } catch (const std::system_error& refused) {
      put(index,
          {fail(ErrorKind::Internal, cat("no thread for ", work_[index].name, ": ", refused.what())), {}});
    }
  }

  void put(std::size_t index, Done done) {
    board_->results[index] = std::move(done);
    note_error(index);
  }

  // Until something changed, a stop was requested, or the first piece has to be given up.
  void wait(std::unique_lock<std::mutex>& lock) {
    if (active_ == 0) return;
    SteadyTime until = SteadyTime::max();
    for (const Running& running : running_)
      if (running.thread.joinable()) until = std::min(until, running.give_up);
    auto ready = [this] { return any_result(); };
    if (stopping_)  // not: stop_requested(), which may have come since look()
      board_->changed.wait_until(lock, until, ready);
    else
      board_->changed.wait_until(lock, stop_.get_token(), until, ready);
  }

  bool any_result() const {
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (running_[i].thread.joinable() && board_->results[i]) return true;
    return false;
  }

  // Takes in who came back, gives up who is too late.
  void look(std::unique_lock<std::mutex>& lock) {
    SteadyTime now = std::chrono::steady_clock::now();
    if (stop_.stop_requested() && !stopping_) {
      stopping_ = true;
      const bool person = options_.limit.stop().stop_requested();
      const SteadyTime give_up = now + (person ? options_.stop_grace : options_.grace);
      for (Running& running : running_) running.give_up = std::min(running.give_up, give_up);
    }
    for (std::size_t i = 0; i < running_.size(); ++i) {
      if (!running_[i].thread.joinable()) continue;
      if (board_->results[i]) {
        --active_;
        lock.unlock();  // it still holds the board for a moment
        running_[i].thread.join();
        lock.lock();
        note_error(i);
      } else if (now >= running_[i].give_up) {
        --active_;
        running_[i].thread.detach();
        put(i, {fail(ErrorKind::Timeout, cat(work_[i].name, ": did not come back and was left behind")),
                options_.deadline});
      }
    }
  }

  void note_error(std::size_t index) {
    const Done& done = *board_->results[index];
    if (done.result || !options_.stop_at_first_error || first_error_) return;
    if (done.result.error().kind == ErrorKind::Cancelled) return;  // by us, or by the person
    first_error_ = done.result.error();
    const std::string& name = work_[index].name;
    if (!first_error_->message.starts_with(cat(name, ":")))
      first_error_->message = cat(name, ": ", first_error_->message);
    stop_.request_stop();
  }

  std::vector<Work> work_;
  const CrewOptions& options_;
  const Clock& clock_;
  std::shared_ptr<Board> board_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  std::vector<Running> running_;
  std::size_t next_ = 0;  // the first piece not started
  int active_ = 0;
  bool stopping_ = false;
  std::optional<Error> first_error_;
};

}  // namespace

Result<std::vector<Done>> run_crew(std::vector<Work> work, const CrewOptions& options, const Clock& clock) {
  return Crew(std::move(work), options, clock).run();
}

}  // namespace eidos::collect
