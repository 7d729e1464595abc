#include "pong/response_reduction.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "metrics/factor_analysis.h"
#include "metrics/pca.h"

namespace figment::pong {
namespace {

template <class Model>
void TransformAll(const Model& model, Sides* train, Sides* test) {
  for (Sides* part : {train, test})
    for (Eigen::MatrixXd* side : {&part->full, &part->half1, &part->half2})
      if (side->size() > 0) *side = metrics::Transform(model, *side);
}

}  // namespace

void ReduceResponses(const ReductionOptions& options, Sides* train, Sides* test) {
  if (options.reduction == Reduction::kNone) return;
  if (options.factors < 1 || options.factors > std::min(train->full.rows(), train->full.cols()))
    throw base::Error(std::to_string(options.factors) + " factors of " + std::to_string(train->full.cols()) +
                      " units in " + std::to_string(train->full.rows()) + " training bins: too many, or none");
  if (options.reduction == Reduction::kPca)
    TransformAll(metrics::FitPca(train->full, options.factors), train, test);
  else
    TransformAll(metrics::FitFactorAnalysis(train->full, {.factors = options.factors}), train, test);
}

}  // namespace figment::pong
