#include <tapegrad/optim/early_stopping.h>

#include <cmath>

#include "optim/detail/numbers.h"

namespace tapegrad::optim {

EarlyStopping::EarlyStopping(const EarlyStoppingFields& fields)
    : fields_(fields), best_(fields.mode == "min" ? INFINITY : -INFINITY) {
  if (fields.mode != "min" && fields.mode != "max")
    throw ValueError("EarlyStopping: mode " + fields.mode + " is unknown; give \"min\" or \"max\"");
}

bool EarlyStopping::step(double metric) {
  const bool better = fields_.mode == "min" ? metric < best_ - fields_.min_delta : metric > best_ + fields_.min_delta;
  if (better) best_ = metric;
  num_bad_epochs_ = better ? 0 : num_bad_epochs_ + 1;
  return !better && num_bad_epochs_ >= fields_.patience;
}

StateDict EarlyStopping::state_dict() const {
  EarlyStopping now = *this;
  return detail::state_of({{"best", &now.best_}, {"num_bad_epochs", &now.num_bad_epochs_}});
}
std::function<void()> EarlyStopping::prepare_load(const StateDict& state) {
  return detail::prepare({{"best", &best_}, {"num_bad_epochs", &num_bad_epochs_}}, state, "EarlyStopping");
}

}  // namespace tapegrad::optim
