#pragma once
// Recommended settings in a snapshot's own shape, for a recipe. Pure.

#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "model/recipe.h"
#include "tune/choose.h"

namespace eidos::tune {

/// Readings in the making; each is put in its place, sorted as snapshots are.
class Measurements {
 public:
  /// `context` empty: no description.
  void add(std::string_view type, std::string_view subtype, std::string_view key, data::Value value,
           std::string_view context = {});
  std::vector<model::Measurement> take() &&;

 private:
  std::vector<model::Measurement> measurements_;
};

/// The settings of the tuning catalog for the criteria of a recipe. Those of every GPU (gpu.*.KEY) have no
/// key of a snapshot and are left out: how many GPUs there are is not known here.
Result<void> add_settings(const catalog::Catalog& catalog, const model::Criteria& criteria, bool context,
                          Measurements& out);

/// What the values of the components say: K8s.config (cdi, mig, rdma, useOpenKernelModule) and GPU.smi
/// (driver, cuda-version). A key that the values leave to the chart is left out.
Result<void> add_component_settings(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                    bool context, Measurements& out);

}  // namespace eidos::tune
