#pragma once
// A systemd that answers from a table:
//
//   FakeBuses buses;
//   buses.answer("LoadUnit", "kubelet.service", object);        // what no answer stands for: Unavailable
//   buses.refuse("/run/systemd/private", {ErrorKind::Unavailable, "nobody listens", {}, {}});

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "collect/bus.h"

namespace eidos::testing {

class FakeBuses final : public collect::Buses {
 public:
  /// By method and argument.
  void answer(const std::string& member, const std::string& argument, Result<collect::BusValue> value) {
    answers_.insert_or_assign({member, argument}, std::move(value));
  }
  void refuse(const std::string& path, Error error) { refused_[path] = std::move(error); }

  /// After the first error no call is answered.
  void break_with(const std::string& member, const std::string& argument, Error error) {
    breaking_ = {member, argument};
    answer(member, argument, std::unexpected(std::move(error)));
  }

  /// So often something changes; then the bus is gone.
  void change(int times) { changes_ = times; }

  /// Places tried, and "member argument" of each call, in order.
  const std::vector<std::string>& opened() const { return opened_; }
  const std::vector<std::string>& calls() const { return calls_; }

  Result<std::unique_ptr<collect::DBus>> open(const collect::BusPlace& place, const Limit&) override {
    opened_.push_back(place.root + place.path);
    auto found = refused_.find(place.path);
    if (found != refused_.end()) return std::unexpected(found->second);
    return std::make_unique<FakeBus>(*this);
  }

 private:
  class FakeBus final : public collect::DBus {
   public:
    explicit FakeBus(FakeBuses& all) : all_(all) {}
    Result<collect::BusValue> call(const collect::BusCall& call, const Limit& limit) override {
      EIDOS_CHECK(limit.check("asking"));
      all_.calls_.push_back(cat(call.member, " ", call.argument));
      all_.broken_ = all_.broken_ || std::pair(call.member, call.argument) == all_.breaking_;
      auto found = all_.answers_.find({call.member, call.argument});
      if (found != all_.answers_.end()) return found->second;
      return fail(ErrorKind::Unavailable, cat("no answer for ", call.argument));
    }

    Result<void> listen(std::vector<std::string> paths, const Limit& limit) override {
      for (const std::string& path : paths) all_.calls_.push_back(cat("listen ", path));
      return limit.check("listening");
    }

    Result<void> wait_for_change(const Limit& limit) override {
      if (all_.changes_ == 0) return fail(ErrorKind::Unavailable, "nothing more will change");
      --all_.changes_;
      return limit.check("waiting");
    }

    bool broken() const override { return all_.broken_; }

   private:
    FakeBuses& all_;
  };

  std::map<std::pair<std::string, std::string>, Result<collect::BusValue>> answers_;
  std::pair<std::string, std::string> breaking_;
  bool broken_ = false;
  int changes_ = 0;
  std::map<std::string, Error> refused_;
  std::vector<std::string> opened_;
  std::vector<std::string> calls_;
};

}  // namespace eidos::testing
